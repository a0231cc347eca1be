package io.psycache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.psycache.codec.CacheCodec;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.KeyHashingInstrumentation;
import io.psycache.testsupport.TestDatabase;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Where keys can be personal data, no message and no log has them. */
@ExtendWith(OutputCaptureExtension.class)
class ShownKeysTests {
    private static final Duration TTL = Duration.ofMinutes(5);
    private static final String KEY = "jane.doe@example.org";
    private static final String HASH = KeyHashingInstrumentation.hash(KEY);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final List<Throwable> recorded = new CopyOnWriteArrayList<>();
    private PostgresCache cache = database.closing(PostgresCache.builder(database.dataSource())
            .hashKeys(true)
            .instrumentations(List.of(new Errors()))
            .timeout(Duration.ofSeconds(5))
            .build());

    private final class Errors implements CacheInstrumentation {
        @Override
        public Span startDeferredPutSpan(List<String> keys, String spanName) {
            return new Span() {
                @Override
                public void recordError(Throwable error) {
                    recorded.add(error);
                }
            };
        }
    }

    private static void named(Throwable failure) {
        assertThat(failure.getMessage()).contains("'" + HASH + "'");
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            assertThat(cause.toString()).doesNotContain(KEY);
        }
    }

    private static void named(ThrowingCallable call) {
        assertThatThrownBy(call)
                .satisfies(failure -> named(failure instanceof CompletionException ? failure.getCause() : failure));
    }

    private static Map<String, Integer> fail() {
        throw new IllegalArgumentException("no");
    }

    @Test
    void loadersThatFail() {
        named(() -> cache.getOrLoad(KEY, Integer.class, () -> {
            throw new IllegalStateException("down");
        }));
        named(() -> cache.getOrLoad(KEY, Integer.class, () -> cache.getOrLoad(KEY, Integer.class, () -> 1)));
        named(() -> cache.getAllOrLoad(List.of(KEY), Integer.class, TTL, missing -> fail()));
        named(() -> cache.async()
                .getOrLoad(KEY, Integer.class, TTL, () -> {
                    throw new IllegalStateException("down");
                })
                .join());
    }

    @Test
    void valuesThatCanNotBeReadOrStored() {
        cache.put(KEY, "text", TTL);
        named(() -> cache.get(KEY, Integer.class));
        named(() -> cache.increment(KEY));
        named(() -> cache.put(KEY, "\ud83d", TTL));
        assertThatThrownBy(() -> cache.get(KEY, Integer.class))
                .isInstanceOfSatisfying(
                        CacheValueException.class, e -> assertThat(e.getKey()).isEqualTo(HASH));
    }

    @Test
    void valuesThatPostgresqlRefuses() {
        cache = database.closing(withBrokenCodec());
        named(() -> cache.put(KEY, "x", TTL));
    }

    @Test
    void valuesThatPostgresqlRefusesAfterTheCommit(CapturedOutput output) {
        cache = database.closing(withBrokenCodec());
        new TransactionTemplate(new DataSourceTransactionManager(database.dataSource()))
                .executeWithoutResult(status -> cache.put(KEY, "x", TTL));
        await().until(() -> !recorded.isEmpty());
        recorded.forEach(ShownKeysTests::named);
        assertThat(output.getAll())
                .contains("was not stored in the background", HASH)
                .doesNotContain(KEY);
    }

    /** It writes what is no JSON. */
    private PostgresCache withBrokenCodec() {
        return PostgresCache.builder(database.dataSource())
                .hashKeys(true)
                .instrumentations(List.of(new Errors()))
                .options(CacheOptions.none().codec(new CacheCodec() {
                    @Override
                    public byte[] encode(Object value, Type type) {
                        return "{".getBytes(StandardCharsets.UTF_8);
                    }

                    @Override
                    public Object decode(byte[] json, Type type) {
                        return "";
                    }
                }))
                .build();
    }

    @Test
    void tagsThatCanNotBeComputed() {
        CacheRegion region = cache.region("users").withTagsOf((key, value) -> {
            throw new CacheValueException(key, "String", "no tags", null);
        });
        named(() -> region.put(KEY, "v", String.class, TTL));
        CacheRegion empty = cache.region("users").withTagsOf((key, value) -> List.of(""));
        named(() -> empty.put(KEY, "v", String.class, TTL));
    }

    @Test
    void keysThatAreNone() {
        assertThatThrownBy(() -> cache.get(KEY + "\0", Integer.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "key must not contain NUL (U+0000), which PostgreSQL cannot store, but does as character 21 of 21");
        assertThatThrownBy(() -> cache.get(KEY + "\ud83d", Integer.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("key must not contain half of a surrogate pair, which has no UTF-8");
    }

    @Test
    void aRegionSaysHowAKeyIsShown() {
        assertThat(cache.region("users").shown(KEY)).isEqualTo(HASH);
        try (PostgresCache plain = PostgresCache.builder(database.dataSource()).build()) {
            assertThat(plain.region("users").shown(KEY)).isEqualTo(KEY);
        }
    }

    @Test
    void onlyWhereKeysAreHashed() {
        try (PostgresCache plain = PostgresCache.builder(database.dataSource()).build()) {
            plain.put(KEY, "text", TTL);
            assertThatThrownBy(() -> plain.get(KEY, Integer.class)).hasMessageContaining("'" + KEY + "'");
        }
    }
}
