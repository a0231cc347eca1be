package io.psycache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.util.BufferRecycler;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** The buffers of a codec, which no two callers have at once. */
class BufferPoolTests {
    private final BufferPool pool = new BufferPool();

    private record Outer(Inner inner, String name) {}

    private record Inner(String name) {}

    @Test
    void aThreadHasTheBuffersAgainThatItHasReturned() {
        BufferRecycler buffers = pool.acquirePooled();
        pool.releasePooled(buffers);
        assertThat(pool.acquirePooled()).isSameAs(buffers);
    }

    @Test
    void noTwoHaveTheSame() {
        BufferRecycler buffers = pool.acquirePooled();
        assertThat(pool.acquirePooled()).isNotSameAs(buffers);
        assertThat(CompletableFuture.supplyAsync(pool::acquirePooled).join()).isNotSameAs(buffers);
    }

    @Test
    void aValueIsReadWhileAnotherIs() throws CodecException {
        Jackson3Codec inner = Jackson3Codec.create();
        Jackson3Codec outer = Jackson3Codec.of(JsonMapper.builder()
                .addModule(new SimpleModule().addDeserializer(Inner.class, new ValueDeserializer<>() {
                    @Override
                    public Inner deserialize(JsonParser parser, DeserializationContext context) {
                        byte[] json = parser.getString().getBytes(StandardCharsets.UTF_8);
                        try {
                            return (Inner) inner.decode(json, Inner.class);
                        } catch (CodecException e) {
                            throw new IllegalStateException(e);
                        }
                    }
                }))
                .build());
        byte[] json = "{\"inner\": \"{\\\"name\\\": \\\"of the inner\\\"}\", \"name\": \"of the outer\"}"
                .getBytes(StandardCharsets.UTF_8);
        assertThat(outer.decode(json, Outer.class)).isEqualTo(new Outer(new Inner("of the inner"), "of the outer"));
    }

    @Test
    void whatTheMapperAcceptsIsAcceptedStill() throws CodecException {
        Jackson3Codec codec = Jackson3Codec.of(
                JsonMapper.builder().enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build());
        assertThat(codec.decode("'text'".getBytes(StandardCharsets.UTF_8), String.class))
                .isEqualTo("text");
    }
}
