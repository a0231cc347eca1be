package io.psycache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.psycache.spring.advice.DeclaredTypeCacheConfigurer;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheConfig;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Annotated methods behind both kinds of proxies. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CachedMethodTests {
    @RegisterExtension
    private final CacheFixture fixture = new CacheFixture();

    private final AnnotationConfigApplicationContext jdk = context(Jdk.class);
    private final AnnotationConfigApplicationContext cglib = context(Cglib.class);

    enum Proxies {
        JDK,
        CGLIB
    }

    record User(long id, String name) {}

    record Slice<T>(List<T> content, int number) {}

    interface Shape {}

    record Circle(BigDecimal radius) implements Shape {}

    record Square(BigDecimal side) implements Shape {}

    interface Finder<T> {
        @Cacheable("inherited")
        T findInherited(long id);

        @Cacheable("inheritedList")
        List<T> findAllInherited(long id);
    }

    interface Users extends Finder<User> {
        User user(long id);

        List<User> list(long id);

        Optional<User> optional(long id);

        @Nullable User absent(long id);

        Map<Long, List<User>> map(long id);

        Slice<User> slice(long id);

        User[] array(long id);

        Iterable<User> iterable(long id);

        long primitive(long id);

        byte[] bytes(long id);

        Shape shape(long id);

        Object object(long id);

        List<? extends User> wildcard(long id);

        CompletableFuture<List<User>> future(long id);

        CompletableFuture<Optional<User>> futureOptional(long id);

        Mono<User> mono(long id);

        Flux<User> flux(long id);

        User sync(long id);

        List<User> syncList(long id);

        CompletableFuture<List<User>> syncFuture(long id);

        Mono<User> syncMono(long id);

        Flux<User> syncFlux(long id);

        User syncFailing(long id) throws IOException;

        User conditional(long id, boolean cache);

        @Nullable User unlessNull(long id);

        User updated(long id);

        void evicted(long id);

        void cleared();

        void evictedBefore(long id);

        void evictedAfter(long id);

        User several(long id);
    }

    @CacheConfig(cacheNames = "users")
    static class DefaultUsers implements Users {
        final AtomicInteger calls = new AtomicInteger();

        private User load(long id) {
            return new User(id, "call " + calls.incrementAndGet());
        }

        @Override
        public User findInherited(long id) {
            return load(id);
        }

        @Override
        public List<User> findAllInherited(long id) {
            return List.of(load(id));
        }

        @Override
        @Cacheable
        public User user(long id) {
            return load(id);
        }

        @Override
        @Cacheable("list")
        public List<User> list(long id) {
            return List.of(load(id));
        }

        @Override
        @Cacheable("optional")
        public Optional<User> optional(long id) {
            return Optional.of(load(id));
        }

        @Override
        @Cacheable("absent")
        public @Nullable User absent(long id) {
            load(id);
            return null;
        }

        @Override
        @Cacheable("map")
        public Map<Long, List<User>> map(long id) {
            return Map.of(id, List.of(load(id)));
        }

        @Override
        @Cacheable("slice")
        public Slice<User> slice(long id) {
            return new Slice<>(List.of(load(id)), 1);
        }

        @Override
        @Cacheable("array")
        public User[] array(long id) {
            return new User[] {load(id)};
        }

        @Override
        @Cacheable("iterable")
        public Iterable<User> iterable(long id) {
            return List.of(load(id));
        }

        @Override
        @Cacheable("primitive")
        public long primitive(long id) {
            return calls.incrementAndGet();
        }

        @Override
        @Cacheable("bytes")
        public byte[] bytes(long id) {
            return new byte[] {(byte) calls.incrementAndGet()};
        }

        @Override
        @Cacheable("shape")
        public Shape shape(long id) {
            BigDecimal size = BigDecimal.valueOf(calls.incrementAndGet());
            return id % 2 == 0 ? new Circle(size) : new Square(size);
        }

        @Override
        @Cacheable("object")
        public Object object(long id) {
            return load(id);
        }

        @Override
        @Cacheable("wildcard")
        public List<? extends User> wildcard(long id) {
            return List.of(load(id));
        }

        @Override
        @Cacheable("future")
        public CompletableFuture<List<User>> future(long id) {
            return CompletableFuture.supplyAsync(() -> List.of(load(id)));
        }

        @Override
        @Cacheable("futureOptional")
        public CompletableFuture<Optional<User>> futureOptional(long id) {
            return CompletableFuture.supplyAsync(() -> Optional.of(load(id)));
        }

        @Override
        @Cacheable("mono")
        public Mono<User> mono(long id) {
            return Mono.fromSupplier(() -> load(id));
        }

        @Override
        @Cacheable("flux")
        public Flux<User> flux(long id) {
            return Flux.defer(() -> Flux.just(load(id), new User(0, "last")));
        }

        @Override
        @Cacheable(cacheNames = "sync", sync = true)
        public User sync(long id) {
            return load(id);
        }

        @Override
        @Cacheable(cacheNames = "syncList", sync = true)
        public List<User> syncList(long id) {
            return List.of(load(id));
        }

        @Override
        @Cacheable(cacheNames = "syncFuture", sync = true)
        public CompletableFuture<List<User>> syncFuture(long id) {
            return CompletableFuture.supplyAsync(() -> List.of(load(id)));
        }

        @Override
        @Cacheable(cacheNames = "syncMono", sync = true)
        public Mono<User> syncMono(long id) {
            return Mono.fromSupplier(() -> load(id));
        }

        @Override
        @Cacheable(cacheNames = "syncFlux", sync = true)
        public Flux<User> syncFlux(long id) {
            return Flux.defer(() -> Flux.just(load(id), new User(0, "last")));
        }

        @Override
        @Cacheable(cacheNames = "syncFailing", sync = true)
        public User syncFailing(long id) throws IOException {
            throw new IOException("down");
        }

        @Override
        @Cacheable(cacheNames = "conditional", key = "#id", condition = "#cache")
        public User conditional(long id, boolean cache) {
            return load(id);
        }

        @Override
        @Cacheable(cacheNames = "unlessNull", unless = "#result == null")
        public @Nullable User unlessNull(long id) {
            load(id);
            return null;
        }

        @Override
        @CachePut
        public User updated(long id) {
            return load(id);
        }

        @Override
        @CacheEvict
        public void evicted(long id) {}

        @Override
        @CacheEvict(allEntries = true)
        public void cleared() {}

        @Override
        @CacheEvict(beforeInvocation = true)
        public void evictedBefore(long id) {
            throw new IllegalStateException("after the eviction");
        }

        @Override
        @CacheEvict
        public void evictedAfter(long id) {
            throw new IllegalStateException("before the eviction");
        }

        @Override
        @Caching(
                cacheable = {@Cacheable("first"), @Cacheable("second")},
                evict = @CacheEvict("users"))
        public User several(long id) {
            return load(id);
        }
    }

    @Configuration
    @EnableCaching
    static class Jdk {}

    @Configuration
    @EnableCaching(proxyTargetClass = true)
    static class Cglib {}

    private AnnotationConfigApplicationContext context(Class<?> configuration) {
        AnnotationConfigApplicationContext context = fixture.closing(new AnnotationConfigApplicationContext());
        context.register(configuration, DeclaredTypeCacheConfigurer.class);
        context.registerBean(CacheManager.class, () -> fixture.manager);
        context.registerBean(DefaultUsers.class);
        context.refresh();
        return context;
    }

    private Users users(Proxies proxies) {
        return (proxies == Proxies.JDK ? jdk : cglib).getBean(Users.class);
    }

    @BeforeAll
    void proxiesAreOfBothKinds() {
        assertThat(AopUtils.isJdkDynamicProxy(users(Proxies.JDK))).isTrue();
        assertThat(AopUtils.isCglibProxy(users(Proxies.CGLIB))).isTrue();
    }

    @BeforeEach
    void clear() {
        fixture.manager.resetCaches();
    }

    static Stream<Arguments> methods() {
        Map<String, Function<Users, Object>> methods = Map.ofEntries(
                Map.entry("users", users -> users.user(1)),
                Map.entry("inherited", users -> users.findInherited(1)),
                Map.entry("inheritedList", users -> users.findAllInherited(1)),
                Map.entry("list", users -> users.list(1)),
                Map.entry("optional", users -> users.optional(1)),
                Map.entry("map", users -> users.map(1)),
                Map.entry("slice", users -> users.slice(1)),
                Map.entry("array", users -> List.of(users.array(1))),
                Map.entry("iterable", users -> users.iterable(1)),
                Map.entry("primitive", users -> users.primitive(1)),
                Map.entry("bytes", users -> new String(users.bytes(1))),
                Map.entry("shape", users -> List.of(users.shape(1), users.shape(2))),
                Map.entry("object", users -> users.object(1)),
                Map.entry("wildcard", users -> users.wildcard(1)),
                Map.entry("future", users -> users.future(1).join()),
                Map.entry("futureOptional", users -> users.futureOptional(1).join()),
                Map.entry("sync", users -> users.sync(1)),
                Map.entry("syncList", users -> users.syncList(1)),
                Map.entry("syncFuture", users -> users.syncFuture(1).join()),
                Map.entry("syncMono", users -> users.syncMono(1).block()),
                Map.entry("syncFlux", users -> users.syncFlux(1).collectList().block()));
        return methods.entrySet().stream()
                .flatMap(method -> Stream.of(Proxies.values())
                        .map(proxies -> Arguments.of(method.getKey(), proxies, method.getValue())));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("methods")
    void aSecondCallGetsAnEqualValueFromJsonWithoutClassNames(
            String cacheName, Proxies proxies, Function<Users, Object> method) {
        Object first = method.apply(users(proxies));
        awaitEntry(cacheName);
        assertThat(method.apply(users(proxies))).isEqualTo(first);
        assertThat(fixture.statistics(cacheName).getHits()).isPositive();
        assertThat(fixture.database.queryForString(
                        "select string_agg(value::text, ' ') from psycache where key like '" + cacheName + "::%'"))
                .doesNotContain("class")
                .doesNotContain("psycache");
    }

    @ParameterizedTest
    @EnumSource
    void monoAndFluxAreCached(Proxies proxies) {
        User mono = users(proxies).mono(1).block();
        awaitEntry("mono");
        assertThat(users(proxies).mono(1).block()).isEqualTo(mono);
        List<User> flux = users(proxies).flux(1).collectList().block();
        awaitEntry("flux");
        assertThat(users(proxies).flux(1).collectList().block()).isEqualTo(flux).hasSize(2);
    }

    /** The put of an asynchronous method is not waited for. */
    private void awaitEntry(String cacheName) {
        String rows = "select count(*) from psycache where key like '" + cacheName + "::%'";
        Awaitility.await().until(() -> fixture.database.queryForLong(rows) > 0);
    }

    @ParameterizedTest
    @EnumSource
    void nullIsCached(Proxies proxies) {
        assertThat(users(proxies).absent(1)).isNull();
        assertThat(users(proxies).absent(1)).isNull();
        assertThat(fixture.statistics("absent").getHits()).isEqualTo(1);
        assertThat(fixture.column("value", "absent::1L")).isEqualTo("null");
    }

    @ParameterizedTest
    @EnumSource
    void aFailingSynchronizedMethodThrowsWhatItThrew(Proxies proxies) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> users(proxies).syncFailing(1))
                .withMessage("down");
    }

    @ParameterizedTest
    @EnumSource
    void conditionAndUnlessDecide(Proxies proxies) {
        User uncached = users(proxies).conditional(1, false);
        User cached = users(proxies).conditional(1, true);
        assertThat(cached).isNotEqualTo(uncached).isEqualTo(users(proxies).conditional(1, true));
        users(proxies).unlessNull(1);
        assertThat(fixture.column("value", "unlessNull::1L")).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void cachePutReplaces(Proxies proxies) {
        users(proxies).user(1);
        User updated = users(proxies).updated(1);
        assertThat(users(proxies).user(1)).isEqualTo(updated);
    }

    @ParameterizedTest
    @EnumSource
    void cacheEvictRemovesOneOrAll(Proxies proxies) {
        User one = users(proxies).user(1);
        User two = users(proxies).user(2);
        users(proxies).evicted(1);
        assertThat(users(proxies).user(1)).isNotEqualTo(one);
        assertThat(users(proxies).user(2)).isEqualTo(two);
        users(proxies).cleared();
        assertThat(users(proxies).user(2)).isNotEqualTo(two);
    }

    @ParameterizedTest
    @EnumSource
    void cacheEvictBeforeInvocationDoesNotNeedItToSucceed(Proxies proxies) {
        User one = users(proxies).user(1);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> users(proxies).evictedAfter(1));
        assertThat(users(proxies).user(1)).isEqualTo(one);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> users(proxies).evictedBefore(1));
        assertThat(users(proxies).user(1)).isNotEqualTo(one);
    }

    @ParameterizedTest
    @EnumSource
    void severalOperationsOnOneMethodAllHappen(Proxies proxies) {
        User one = users(proxies).user(1);
        User several = users(proxies).several(1);
        assertThat(fixture.cache("first").get(1L, User.class)).isEqualTo(several);
        assertThat(fixture.cache("second").get(1L, User.class)).isEqualTo(several);
        assertThat(users(proxies).user(1)).isNotEqualTo(one);
    }

    @ParameterizedTest
    @EnumSource
    void aSynchronizedMethodCountsWhatCannotBeReadToo(Proxies proxies) {
        User first = users(proxies).sync(1);
        fixture.awaitStored("sync::1L");
        spoil("sync::1L");
        assertThat(users(proxies).sync(1)).isNotEqualTo(first);
        assertThat(fixture.statistics("sync").getUnreadable()).isEqualTo(1);
        assertThat(fixture.statistics("sync").getPuts()).isEqualTo(2);
    }

    /** As another program may that also tells of it. */
    private void spoil(String key) {
        fixture.database.execute("""
                update psycache set value = '{"identity": []}' where key = '%1$s';
                insert into psycache_invalidation (tag) values ('n:%1$s')""".formatted(key));
    }

    @ParameterizedTest
    @EnumSource
    void aValueThatIsOfAnotherClassNowIsAMiss(Proxies proxies) {
        User first = users(proxies).user(1);
        fixture.awaitStored("users::1L");
        spoil("users::1L");
        User second = users(proxies).user(1);
        assertThat(second).isNotEqualTo(first);
        assertThat(users(proxies).user(1)).isEqualTo(second);
        assertThat(fixture.statistics("users").getUnreadable()).isEqualTo(1);
    }
}
