package io.psycache.benchmarks;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TrackingArgs;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.support.caching.CacheAccessor;
import io.lettuce.core.support.caching.CacheFrontend;
import io.lettuce.core.support.caching.ClientSideCaching;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.serializer.JacksonJsonRedisSerializer;

/** Redis with copies in this process, which it tells what has changed. Callers share the objects, as in a map. */
final class LettuceContender<T extends Numbered> implements Contender {
    private final String name;
    private final Kind<T> kind;
    private final Keys keys;
    private final RedisClient client;
    private final CacheFrontend<String, T> copies;

    LettuceContender(String name, Kind<T> kind, Keys keys, LettuceConnectionFactory connections) {
        this.name = name;
        this.kind = kind;
        this.keys = keys;
        this.client = RedisClient.create(RedisURI.create(connections.getHostName(), connections.getPort()));
        Map<String, T> map = new ConcurrentHashMap<>();
        this.copies = ClientSideCaching.enable(
                CacheAccessor.forMap(map),
                client.connect(new JsonCodec<>(kind.type())),
                TrackingArgs.Builder.enabled());
    }

    LettuceContender<T> copied() {
        for (int id = 0; id < keys.count(); id++) {
            get(id);
        }
        return this;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int get() {
        return get(keys.random());
    }

    private int get(int id) {
        T found = copies.get(kind.key(id));
        if (found == null || found.id() != id) {
            throw new IllegalStateException(name + " has no entry " + id + ": nothing was measured");
        }
        return 1;
    }

    @Override
    public int put() {
        throw new UnsupportedOperationException("it only reads");
    }

    void close() {
        copies.close();
        client.shutdown();
    }

    private static final class JsonCodec<T> implements RedisCodec<String, T> {
        private final JacksonJsonRedisSerializer<T> json;

        JsonCodec(Class<T> type) {
            this.json = new JacksonJsonRedisSerializer<>(type);
        }

        @Override
        public String decodeKey(ByteBuffer bytes) {
            return StringCodec.UTF8.decodeKey(bytes);
        }

        @Override
        public T decodeValue(ByteBuffer bytes) {
            byte[] all = new byte[bytes.remaining()];
            bytes.get(all);
            return Objects.requireNonNull(json.deserialize(all));
        }

        @Override
        public ByteBuffer encodeKey(String key) {
            return StringCodec.UTF8.encodeKey(key);
        }

        @Override
        public ByteBuffer encodeValue(T value) {
            return ByteBuffer.wrap(json.serialize(value));
        }
    }
}
