package io.psycache.instrumentation.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.psycache.CacheRegion;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.instrumentation.CacheInstrumentation;
import io.psycache.instrumentation.Operation;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.dao.DataAccessException;

class ObservationInstrumentationTests {
    private static final Duration TTL = Duration.ofMinutes(5);

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final TestObservationRegistry registry = TestObservationRegistry.create();
    private final List<CacheObservationContext> observed = new ArrayList<>();
    private PostgresCache cache;

    @BeforeEach
    void open() {
        registry.observationConfig().observationHandler(new Recorder());
        cache = database.closing(cache(null));
    }

    private PostgresCache cache(CacheObservationConvention convention) {
        return PostgresCache.builder(database.dataSource())
                .instrumentations(List.of(new ObservationInstrumentation(registry, convention)))
                .build();
    }

    private CacheObservationContext last() {
        return observed.get(observed.size() - 1);
    }

    private String lastValueOf(String key) {
        return last().getAllKeyValues().stream()
                .filter(value -> value.getKey().equals(key))
                .map(value -> value.getValue())
                .findFirst()
                .orElse(null);
    }

    @Test
    void everyOperationIsAnObservation() {
        PostgresCache users = cache.withSpanName("users");
        users.put("k", 1, TTL);
        users.get("k", Integer.class);
        users.remove("k");
        users.flush();
        users.cleanupExpired();

        assertThat(observed)
                .extracting(Observation.Context::getName, Observation.Context::getContextualName)
                .containsExactly(
                        named("psycache put users"),
                        named("psycache get users"),
                        named("psycache remove users"),
                        named("psycache flush users"),
                        named("psycache cleanup"));
        TestObservationRegistryAssert.assertThat(registry).doesNotHaveAnyRemainingCurrentObservation();
    }

    private static org.assertj.core.groups.Tuple named(String contextualName) {
        return org.assertj.core.api.Assertions.tuple("psycache.operations", contextualName);
    }

    @Test
    void theOutcomeOfAGetIsHitMissOrPartial() {
        cache.putAll(Map.of("a", 1, "b", 2), TTL);
        assertThat(lastValueOf("psycache.outcome")).isEqualTo("stored");
        cache.get("a", Integer.class);
        assertThat(lastValueOf("psycache.outcome")).isEqualTo("hit");
        assertThat(lastValueOf("psycache.name")).isEqualTo("none");
        cache.get("x", Integer.class);
        assertThat(lastValueOf("psycache.outcome")).isEqualTo("miss");
        cache.getAll(List.of("a", "b", "x"), Integer.class);
        assertThat(lastValueOf("psycache.outcome")).isEqualTo("partial");
        assertThat(lastValueOf("psycache.keys")).isEqualTo("a,b,x");
        assertThat(lastValueOf("psycache.bytes"))
                .isEqualTo("" + database.queryForLong("select sum(pg_column_size(value)) from psycache"));
    }

    @Test
    void aFencedPutAndRemovedEntriesAreTold() {
        CacheRegion region = cache.region("users");
        CacheRegion.Beginning beginning = region.begin();
        region.evict("k");
        region.put(beginning, "k", 1, Integer.class, TTL);
        assertThat(lastValueOf("psycache.outcome")).isEqualTo("fenced");
        cache.put("k", 1, TTL);
        cache.flush();
        assertThat(lastValueOf("psycache.removed")).isEqualTo("1");
        assertThat(lastValueOf("psycache.keys")).isNull();
    }

    @Test
    void aFailureIsTheErrorOfItsObservation() {
        database.execute("drop table psycache");
        assertThatThrownBy(() -> cache.get("k", Integer.class)).isInstanceOf(DataAccessException.class);

        assertThat(last().getError()).isInstanceOf(DataAccessException.class);
    }

    @Test
    void anObservationIsAChildOfTheCurrentOneButNotTheCurrentOneOfTheLoad() {
        Observation request = Observation.start("request", registry);
        request.scoped(() -> cache.getOrLoad("k", Integer.class, () -> {
            assertThat(registry.getCurrentObservation()).isSameAs(request);
            return 1;
        }));
        request.stop();

        assertThat(observed)
                .hasSize(2)
                .allSatisfy(
                        context -> assertThat(context.getParentObservation()).isSameAs(request));
    }

    @Test
    void aConventionOfTheUsersReplacesTheDefault() {
        try (PostgresCache own = cache(new CacheObservationConvention() {
            @Override
            public String getName() {
                return "mine";
            }
        })) {
            own.get("k", Integer.class);
        }
        assertThat(last().getName()).isEqualTo("mine");
    }

    @Test
    void whereNobodyListensThereIsNoSpan() {
        CacheInstrumentation silent = new CacheInstrumentation() {};
        ObservationInstrumentation noop = new ObservationInstrumentation(ObservationRegistry.NOOP);
        assertThat(noop.startSpan(Operation.GET, List.of("k"), "users"))
                .isSameAs(silent.startSpan(Operation.GET, List.of("k"), "users"));

        ObservationRegistry withoutHandlers = ObservationRegistry.create();
        assertThat(new ObservationInstrumentation(withoutHandlers).startSpan(Operation.GET, List.of("k"), "users"))
                .isSameAs(silent.startSpan(Operation.GET, List.of("k"), "users"));

        registry.observationConfig().observationPredicate((name, context) -> !name.startsWith("psycache"));
        assertThat(new ObservationInstrumentation(registry).startSpan(Operation.GET, List.of("k"), "users"))
                .isSameAs(silent.startSpan(Operation.GET, List.of("k"), "users"));
    }

    private final class Recorder implements ObservationHandler<CacheObservationContext> {

        @Override
        public void onStop(CacheObservationContext context) {
            observed.add(context);
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof CacheObservationContext;
        }
    }
}
