package io.psycache.spring.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.psycache.spring.CacheFixture;
import io.psycache.spring.PostgresCacheManager;
import io.psycache.spring.PostgresCacheStatistics;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCache;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.cache.interceptor.SimpleCacheResolver;
import org.springframework.cache.support.SimpleCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.test.util.AopTestUtils;
import reactor.core.publisher.Mono;

/** What an invocation carries from its lookup to its put, whichever way its caches were resolved. */
class InvocationTests {
    @RegisterExtension
    private final CacheFixture fixture = new CacheFixture();

    private @Nullable AnnotationConfigApplicationContext context;

    record User(long id, String name) {}

    static class Users {
        final AtomicInteger calls = new AtomicInteger();
        Runnable duringLoad = () -> {};

        private List<User> load(long id) {
            duringLoad.run();
            return List.of(new User(id, "call " + calls.incrementAndGet()));
        }

        @Cacheable("users")
        public List<User> users(long id) {
            return load(id);
        }

        @Cacheable(cacheNames = "users", sync = true)
        public List<User> usersSync(long id) {
            return load(id);
        }

        @Cacheable("users")
        public Mono<List<User>> usersMono(long id) {
            return Mono.fromSupplier(() -> load(id));
        }

        @Cacheable("users")
        public CompletableFuture<List<User>> usersFuture(long id) {
            return CompletableFuture.supplyAsync(() -> load(id));
        }

        @Cacheable(cacheNames = "users", sync = true)
        public CompletableFuture<List<User>> usersFutureSync(long id) {
            return CompletableFuture.supplyAsync(() -> load(id));
        }

        @Cacheable(cacheNames = "users", cacheManager = "postgres", unless = "#id == 7", condition = "#id > 0")
        public List<User> usersOfManager(long id) {
            return load(id);
        }

        @CachePut(cacheNames = "users", cacheManager = "postgres")
        public List<User> putToManager(long id) {
            return load(id);
        }

        @CacheEvict(cacheNames = "users", cacheManager = "postgres", allEntries = true, beforeInvocation = true)
        public void clearManager() {
            throw new IllegalStateException("after the eviction");
        }

        @Cacheable(cacheNames = "users", cacheResolver = "postgresResolver", sync = true)
        public List<User> usersOfResolver(long id) {
            return load(id);
        }

        @Caching(
                cacheable = {
                    @Cacheable(cacheNames = "users", cacheManager = "other"),
                    @Cacheable(cacheNames = "users", cacheManager = "postgres")
                })
        public List<User> usersOfBoth(long id) {
            return load(id);
        }
    }

    @Configuration
    @EnableCaching
    static class PlainCaching {}

    @Configuration
    @EnableCaching
    static class OtherManagerFirst {
        @Bean
        @Primary
        CacheManager other() {
            return new ConcurrentMapCacheManager();
        }

        @Bean
        CacheResolver postgresResolver(@Qualifier("postgres") CacheManager postgres) {
            return new SimpleCacheResolver(postgres);
        }
    }

    @Configuration
    @EnableCaching
    static class UsersResolver implements CachingConfigurer {
        private final CacheManager manager;

        UsersResolver(CacheManager manager) {
            this.manager = manager;
        }

        @Override
        public CacheResolver cacheResolver() {
            return context -> List.of(CacheFixture.cache((PostgresCacheManager) manager, "resolved"));
        }
    }

    @Configuration
    static class NoCaching {}

    /** As a tracing library decorates a cache: it knows {@link Cache} only. */
    record Decorator(Cache cache) implements Cache {
        @Override
        public String getName() {
            return cache.getName();
        }

        @Override
        public Object getNativeCache() {
            return cache.getNativeCache();
        }

        @Override
        public @Nullable ValueWrapper get(Object key) {
            return cache.get(key);
        }

        @Override
        public <T> @Nullable T get(Object key, @Nullable Class<T> type) {
            return cache.get(key, type);
        }

        @Override
        public <T> @Nullable T get(Object key, Callable<T> valueLoader) {
            return cache.get(key, valueLoader);
        }

        @Override
        public @Nullable CompletableFuture<?> retrieve(Object key) {
            return cache.retrieve(key);
        }

        @Override
        public <T> CompletableFuture<T> retrieve(Object key, Supplier<CompletableFuture<T>> valueLoader) {
            return cache.retrieve(key, valueLoader);
        }

        @Override
        public void put(Object key, @Nullable Object value) {
            cache.put(key, value);
        }

        @Override
        public void evict(Object key) {
            cache.evict(key);
        }

        @Override
        public void clear() {
            cache.clear();
        }
    }

    private Users users(Class<?> configuration) {
        return users(configuration, fixture.manager);
    }

    private Users users(Class<?> configuration, CacheManager manager) {
        AnnotationConfigApplicationContext created = fixture.closing(new AnnotationConfigApplicationContext());
        created.registerBean("postgres", CacheManager.class, () -> manager);
        created.register(configuration, DeclaredTypeCacheConfigurer.class, Users.class);
        created.refresh();
        context = created;
        return created.getBean(Users.class);
    }

    /** The proxy is a subclass of the target, whose fields are its own. */
    private Users target() {
        return AopTestUtils.getTargetObject(Objects.requireNonNull(context).getBean(Users.class));
    }

    private void assertFenced(Function<Users, List<User>> method) {
        Users users = users(PlainCaching.class);
        target().duringLoad = () -> fixture.cache("users").evict(1L);
        List<User> overtaken = method.apply(users);
        target().duringLoad = () -> {};
        PostgresCacheStatistics statistics = fixture.statistics("users");
        Awaitility.await().until(() -> statistics.getPuts() + statistics.getSkippedPuts() == 1); // refused
        assertThat(fixture.column("value", "users::1L")).isNull();
        assertThat(method.apply(users)).isNotEqualTo(overtaken);
        Awaitility.await().until(() -> fixture.column("value", "users::1L") != null);
    }

    @Test
    void aLoadThatAnEvictionOvertookIsNotStored() {
        assertFenced(users -> users.users(1));
    }

    @Test
    void aSynchronizedLoadThatAnEvictionOvertookIsNotStored() {
        assertFenced(users -> users.usersSync(1));
    }

    @Test
    void aMonoThatAnEvictionOvertookIsNotStored() {
        assertFenced(users -> users.usersMono(1).blockOptional().orElseThrow());
    }

    @Test
    void aFutureThatAnEvictionOvertookIsNotStored() {
        assertFenced(users -> users.usersFuture(1).join());
    }

    @Test
    void aSynchronizedFutureThatAnEvictionOvertookIsNotStored() {
        assertFenced(users -> users.usersFutureSync(1).join());
    }

    @Test
    void afterAFailedGetNothingIsPut() {
        Users users = users(PlainCaching.class);
        fixture.breakTable();
        target().duringLoad = fixture::repair;
        users.users(1);
        assertThat(fixture.column("value", "users::1L")).isNull();
        assertThat(fixture.statistics("users").getSkippedPuts()).isEqualTo(1);
    }

    @Test
    void aDecoratedCacheKnowsTheDeclaredTypeToo() {
        SimpleCacheManager decorated = new SimpleCacheManager();
        decorated.setCaches(List.of(new Decorator(fixture.cache("users"))));
        decorated.initializeCaches();
        Users users = users(PlainCaching.class, decorated);
        assertThat(users.users(1)).isEqualTo(users.users(1));
        assertThat(users.usersSync(2)).isEqualTo(users.usersSync(2));
        assertThat(fixture.column("type", "users::1L")).isEqualTo("java.util.List<" + User.class.getName() + ">");
        target().duringLoad = () -> fixture.cache("users").evict(3L);
        users.users(3);
        assertThat(fixture.column("value", "users::3L")).isNull();
    }

    @Test
    void aManagerThatAnOperationNamesKnowsTheDeclaredType() {
        Users users = users(OtherManagerFirst.class);
        assertThat(users.usersOfManager(1)).isEqualTo(users.usersOfManager(1));
        assertThat(fixture.column("type", "users::1L")).isEqualTo("java.util.List<" + User.class.getName() + ">");
        assertThat(users.usersOfManager(7)).isNotEqualTo(users.usersOfManager(7));
        assertThat(users.usersOfManager(-1)).isNotEqualTo(users.usersOfManager(-1));
        assertThat(users.putToManager(1)).isEqualTo(users.usersOfManager(1));
        assertThatIllegalStateException().isThrownBy(users::clearManager);
        assertThat(fixture.cache("users").get(1L)).isNull();
    }

    @Test
    void aResolverThatAnOperationNamesKnowsTheDeclaredType() {
        Users users = users(OtherManagerFirst.class);
        assertThat(users.usersOfResolver(1)).isEqualTo(users.usersOfResolver(1));
        assertThat(fixture.column("type", "users::1L")).isEqualTo("java.util.List<" + User.class.getName() + ">");
    }

    @Test
    void operationsThatDifferInTheirManagerOnlyStayApart() {
        Users users = users(OtherManagerFirst.class);
        List<User> first = users.usersOfBoth(1);
        Cache other = Objects.requireNonNull(Objects.requireNonNull(context)
                .getBean("other", CacheManager.class)
                .getCache("users"));
        assertThat(other).isInstanceOf(ConcurrentMapCache.class);
        assertThat(other.get(1L, Object.class)).isEqualTo(first);
        assertThat(fixture.column("value", "users::1L")).isNotNull();
    }

    @Test
    void aResolverOfTheUsersKeepsItsSay() {
        Users users = users(UsersResolver.class);
        assertThat(users.users(1)).isEqualTo(users.users(1));
        assertThat(fixture.column("type", "resolved::1L")).isEqualTo("java.util.List<" + User.class.getName() + ">");
    }

    @Test
    void cachesOfOthersAreLeftAlone() {
        Users users = users(PlainCaching.class, new ConcurrentMapCacheManager());
        assertThat(users.users(1)).isSameAs(users.users(1));
    }

    @Test
    void withoutCachingNothingHappens() {
        Users users = users(NoCaching.class);
        assertThat(users.users(1)).isNotEqualTo(users.users(1));
    }
}
