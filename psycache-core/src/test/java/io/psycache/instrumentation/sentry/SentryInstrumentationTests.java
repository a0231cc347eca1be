package io.psycache.instrumentation.sentry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.testsupport.RecordingTransport;
import io.psycache.testsupport.TestDatabase;
import io.sentry.ITransaction;
import io.sentry.Sentry;
import io.sentry.TransactionOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DataAccessException;

/** With the real SDK: what it would send. */
class SentryInstrumentationTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final RecordingTransport transport = new RecordingTransport();
    private final SentryInstrumentation instrumentation = new SentryInstrumentation();
    private PostgresCache cache;

    @BeforeEach
    void open() {
        Sentry.init(options -> {
            options.setDsn("http://key@localhost/1");
            options.setTracesSampleRate(1.0);
            options.setTransportFactory((sdk, request) -> transport);
        });
        cache = database.closing(PostgresCache.builder(database.dataSource())
                .instrumentations(List.of(instrumentation))
                .build());
    }

    @AfterEach
    void close() {
        Sentry.close();
    }

    /** The spans of the one transaction in which {@code request} ran. */
    private List<JsonNode> spansOf(Runnable request) throws Exception {
        TransactionOptions bound = new TransactionOptions();
        bound.setBindToScope(true);
        ITransaction transaction = Sentry.startTransaction("GET /users/1", "http.server", bound);
        request.run();
        transaction.finish();
        assertThat(transport.transactions()).hasSize(1);
        JsonNode sent = new ObjectMapper().readTree(transport.transactions().get(0));
        return StreamSupport.stream(sent.path("spans").spliterator(), false).toList();
    }

    @Test
    void aLoadIsAMissAndAPutAndThenAHit() throws Exception {
        PostgresCache users = cache.withSpanName("users");
        List<JsonNode> spans = spansOf(() -> {
            users.getOrLoad("user:1", String.class, TTL, () -> "Ada");
            users.get("user:1", String.class);
        });

        assertThat(spans)
                .extracting(span -> span.path("op").asText())
                .containsExactly("cache.get", "cache.put", "cache.get");
        assertThat(spans).allSatisfy(span -> {
            assertThat(span.path("description").asText()).isEqualTo("users");
            assertThat(span.path("origin").asText()).isEqualTo("auto.cache.psycache");
            assertThat(span.path("status").asText()).isEqualTo("ok");
            assertThat(span.at("/data/cache.key").toString()).isEqualTo("[\"user:1\"]");
            assertThat(span.at("/data/cache.success").asBoolean()).isTrue();
        });
        assertThat(spans.get(0).at("/data/cache.hit").toString()).isEqualTo("false");
        assertThat(spans.get(0).at("/data/cache.item_size").isMissingNode()).isTrue();
        assertThat(spans.get(1).at("/data/cache.hit").isMissingNode()).isTrue();
        assertThat(spans.get(1).at("/data/cache.item_size").asLong())
                .as("the JSON that is queued")
                .isEqualTo("\"Ada\"".length());
        assertThat(spans.get(2).at("/data/cache.hit").toString()).isEqualTo("true");
        assertThat(spans.get(2).at("/data/cache.item_size").asLong()).isEqualTo(size());
    }

    private long size() {
        return database.queryForLong("select sum(pg_column_size(value)) from psycache");
    }

    @Test
    void operationsWithoutANameAreDescribedByTheOperation() throws Exception {
        List<JsonNode> spans = spansOf(() -> {
            cache.putAll(Map.of("a", 1, "b", 2), TTL);
            cache.getAll(List.of("x", "a", "b"), Integer.class);
            cache.remove("a");
            cache.flush();
            cache.cleanupExpired();
        });

        assertThat(spans)
                .extracting(span -> span.path("op").asText() + ": "
                        + span.path("description").asText())
                .containsExactly(
                        "cache.put: psycache put",
                        "cache.get: psycache get",
                        "cache.remove: psycache remove",
                        "cache.flush: psycache flush");
        assertThat(spans.get(1).at("/data/cache.key").toString()).isEqualTo("[\"x\",\"a\",\"b\"]");
        assertThat(spans.get(1).at("/data/cache.hit").toString()).isEqualTo("false");
        assertThat(spans.get(3).at("/data/cache.key").isMissingNode()).isTrue();
        assertThat(spans.get(3).at("/data/cache.num_flushed").asLong()).isEqualTo(1);
    }

    @Test
    void aQueuedPutHasTheSizeOfItsJson() throws Exception {
        List<JsonNode> spans = spansOf(() -> {
            try (CacheInstrumentation.Span span =
                    instrumentation.startSpan(Operation.PUT, List.of("a", "b"), "users")) {
                span.recordQueued(30);
                span.recordQueued(12);
            }
        });

        assertThat(spans.get(0).path("op").asText()).isEqualTo("cache.put");
        assertThat(spans.get(0).at("/data/cache.item_size").asLong()).isEqualTo(42);
        assertThat(spans.get(0).at("/data/cache.success").toString()).isEqualTo("true");
    }

    @Test
    void aFailureIsAnErrorOfItsSpan() throws Exception {
        database.execute("drop table psycache");
        List<JsonNode> spans = spansOf(
                () -> assertThatThrownBy(() -> cache.get("k", String.class)).isInstanceOf(DataAccessException.class));

        assertThat(spans.get(0).path("status").asText()).isEqualTo("internal_error");
        assertThat(spans.get(0).at("/data/cache.success").toString()).isEqualTo("false");
    }

    @Test
    void withoutATransactionThereIsNoSpan() {
        cache.put("k", 1, TTL);

        assertThat(instrumentation.startSpan(Operation.GET, List.of("k"), null))
                .isSameAs(new CacheInstrumentation() {}.startSpan(Operation.GET, List.of("k"), null));
        assertThat(transport.transactions()).isEmpty();
    }
}
