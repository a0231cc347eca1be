package io.psycache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.psycache.CacheRegion;
import io.psycache.CacheSettings.Partition;
import io.psycache.PostgresCache;
import io.psycache.PsycacheSchema;
import io.psycache.spring.advice.DeclaredTypeCacheConfigurer;
import io.psycache.testsupport.ObservedDataSource;
import io.psycache.testsupport.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** How far it is from Spring's cache to the driver: frames and classes of ours, statements, and questions for auto-commit. */
class CallPathTests {

    // before each call chose its backend once: 34 frames in 13 classes, 34 in 15, 27 in 12
    private static final int MOST_FRAMES_OF_A_HIT = 20;
    private static final int MOST_CLASSES_OF_A_HIT = 9;
    private static final int MOST_FRAMES_OF_A_PUT = 22;
    private static final int MOST_FRAMES_OF_AN_EVICTION = 16;

    private static final String PRESENT = "present";
    private static final String UNREAD = "unread";
    private static final String ABSENT = "absent";
    private static final String KEY = "key";

    @RegisterExtension
    private final TestDatabase database = TestDatabase.create(PsycacheSchema::create);

    private final DriverCalls calls = new DriverCalls();
    private final DataSource dataSource = ObservedDataSource.of(database.dataSource(), calls);

    /** Callers send on their own threads where the database answered within half of the timeout. */
    private final PostgresCache cache = database.closing(PostgresCache.builder(dataSource)
            .partition(Partition.SINGLE)
            .timeout(Duration.ofMinutes(1))
            .build());

    private final PostgresCacheManager manager = PostgresCacheManager.builder(cache)
            .trustedPackages(List.of("io.psycache.spring"))
            .build();
    private final Cache products = CacheFixture.cache(manager, "products");

    record Product(String name) {}

    /** What an application writes. */
    static class Catalog {

        @Cacheable("products")
        public Product product(String id) {
            return new Product(id);
        }

        @CacheEvict("products")
        public void changed(String id) {}
    }

    @Configuration
    @EnableCaching(proxyTargetClass = true)
    static class Caching {}

    @BeforeEach
    void warmUp() {
        products.get(ABSENT);
        cache.put(KEY, new Product("of the core"));
        products.put("other", new Product("other"));
        products.evict("other");
        products.put(UNREAD, new Product("unread"));
        products.put(PRESENT, new Product("present"));
        for (int i = 0; i < 3; i++) { // is read, and begins to follow the log
            products.get(PRESENT);
        }
        calls.forget();
    }

    @Test
    void aHit() {
        assertThat(products.get(PRESENT)).isNotNull();

        assertThat(calls.statements()).hasSize(1);
        isShortHit(calls.longest());
    }

    @Test
    void aHitWithoutACopy() {
        assertThat(products.get(UNREAD)).isNotNull();

        assertThat(calls.statements()).hasSize(1);
        isShortHit(calls.longest());
    }

    private static void isShortHit(DriverCalls.Path path) {
        isAtMost(path, MOST_FRAMES_OF_A_HIT);
        assertThat(path.classes()).hasSizeLessThanOrEqualTo(MOST_CLASSES_OF_A_HIT);
    }

    private static void isAtMost(DriverCalls.Path path, int frames) {
        assertThat(path.length()).as(path.toString()).isLessThanOrEqualTo(frames);
    }

    @Test
    void aMiss() {
        assertThat(products.get(ABSENT)).isNull();

        assertThat(calls.statements()).hasSize(1);
    }

    @Test
    void aPut() {
        products.put(PRESENT, new Product("new"));

        assertThat(calls.statements()).hasSize(1);
        isAtMost(calls.longest(), MOST_FRAMES_OF_A_PUT);
    }

    @Test
    void anEviction() {
        products.evict(PRESENT);

        assertThat(calls.statements()).hasSize(1);
        isAtMost(calls.longest(), MOST_FRAMES_OF_AN_EVICTION);
    }

    @Test
    void manyKeysOfWhichOneIsMissing() {
        assertThat(cache.getAll(List.of(KEY, ABSENT), Product.class)).hasSize(1);

        assertThat(calls.statements()).hasSize(1);
    }

    @Test
    void aMethodThatIsCalled() {
        withCatalog(catalog -> {
            catalog.product("loaded");
            await().until(() -> isStored("loaded"));
        });

        assertThat(calls.statements()).as("a get and a put").hasSize(2);
    }

    @Test
    void aLoadThatOtherProcessesWaitFor() {
        products.get("loaded", () -> new Product("loaded"));
        await().until(() -> isStored("loaded") && database.queryForLong("select count(*) from psycache_lease") == 0);

        assertThat(calls.statements())
                .as("a get, the lease, and a put that releases it")
                .hasSize(3);
    }

    private boolean isStored(String id) {
        return database.queryForLong("select count(*) from psycache where key like '%" + id + "%'") == 1;
    }

    @Test
    void aMethodThatIsNotCalled() {
        withCatalog(catalog -> catalog.product(PRESENT));

        assertThat(calls.statements()).hasSize(1);
        isShortHit(calls.longest());
    }

    @Test
    void aMethodThatEvicts() {
        withCatalog(catalog -> catalog.changed(PRESENT));

        assertThat(calls.statements()).hasSize(1);
        isAtMost(calls.longest(), MOST_FRAMES_OF_AN_EVICTION);
    }

    private void withCatalog(Consumer<Catalog> work) {
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.register(Caching.class, Catalog.class, DeclaredTypeCacheConfigurer.class);
            context.registerBean(CacheManager.class, () -> manager);
            context.refresh();
            work.accept(context.getBean(Catalog.class));
        }
    }

    /** Calls of the cache that a transaction may make. */
    enum Operation {
        GET_A_HIT(it -> it.cache.get(KEY, Product.class)),
        GET_A_MISS(it -> it.cache.get(ABSENT, String.class)),
        GET_ALL(it -> it.cache.getAll(List.of(KEY, ABSENT), Product.class)),
        EXISTS(it -> it.cache.exists(ABSENT)),
        GET_OR_LOAD(it -> it.cache.getOrLoad(ABSENT, String.class, () -> "v")),
        PUT(it -> it.cache.put(ABSENT, "v")),
        PUT_ALL(it -> it.cache.putAll(Map.of(ABSENT, "v", "l", "w"), null)),
        PUT_IF_ABSENT(it -> it.cache.putIfAbsent(ABSENT, "v", null)),
        REMOVE(it -> it.cache.remove(KEY)),
        REMOVE_ALL(it -> it.cache.removeAll(List.of(KEY, ABSENT))),
        REMOVE_BY_PREFIX(it -> it.cache.removeByPrefix(KEY)),
        INVALIDATE_TAGS(it -> it.cache.invalidateTags("tag")),
        FLUSH(it -> it.cache.flush()),
        INCREMENT(it -> it.cache.increment("counter")),
        REGION_LOOKUP(it -> it.region().lookup(ABSENT, stored -> String.class)),
        REGION_PUT(it -> it.region().put(ABSENT, "v", String.class, null)),
        REGION_BEGIN(it -> it.region().begin()),
        REGION_EVICT(it -> it.region().evict(ABSENT)),
        REGION_EVICT_IF_PRESENT(it -> it.region().evictIfPresent(ABSENT)),
        REGION_CLEAR(it -> it.region().clear()),
        SPRING_GET_A_HIT(it -> it.products.get(PRESENT)),
        SPRING_GET_A_MISS(it -> it.products.get(ABSENT)),
        SPRING_GET_WITH_LOADER(it -> it.products.get(ABSENT, () -> new Product("loaded"))),
        SPRING_PUT(it -> it.products.put(PRESENT, new Product("new"))),
        SPRING_PUT_IF_ABSENT(it -> it.products.putIfAbsent(ABSENT, new Product("new"))),
        SPRING_EVICT(it -> it.products.evict(PRESENT)),
        SPRING_EVICT_IF_PRESENT(it -> it.products.evictIfPresent(PRESENT)),
        SPRING_CLEAR(it -> it.products.clear()),
        SPRING_INVALIDATE(it -> it.products.invalidate());

        private final Consumer<CallPathTests> call;

        Operation(Consumer<CallPathTests> call) {
            this.call = call;
        }
    }

    private CacheRegion region() {
        return cache.region("region");
    }

    @ParameterizedTest
    @EnumSource
    void aCallInATransactionAsksEachConnectionForAutoCommitAtMostOnce(Operation operation) {
        TransactionTemplate transaction = new TransactionTemplate(new DataSourceTransactionManager(dataSource));
        List<DriverCalls.Path> questions = transaction.execute(status -> {
            calls.forget();
            operation.call.accept(this);
            return calls.questions();
        });
        assertThat(questions)
                .extracting(DriverCalls.Path::thread)
                .doesNotHaveDuplicates(); // a lane has its own connection
    }
}
