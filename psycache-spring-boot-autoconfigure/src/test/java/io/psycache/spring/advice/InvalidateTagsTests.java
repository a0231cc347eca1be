package io.psycache.spring.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.psycache.PostgresCache;
import io.psycache.spring.CacheFixture;
import io.psycache.spring.CacheTags;
import io.psycache.spring.InvalidateTags;
import io.psycache.spring.PostgresCacheManager;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.samples.Owners;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code @InvalidateTags} on methods of beans, which need no cache. */
@ExtendWith(OutputCaptureExtension.class)
class InvalidateTagsTests {
    @RegisterExtension
    private final CacheFixture fixture = new CacheFixture();

    record User(long id, boolean active) {}

    interface Users {
        void save(long id);

        void saveInTransaction(long id, boolean failing);

        @InvalidateTags("user:#{#a0}")
        default void saveAsTheInterfaceSays(long id) {}
    }

    static class UserService implements Users {
        private final JdbcTemplate jdbc;

        UserService(DataSource dataSource) {
            this.jdbc = new JdbcTemplate(dataSource);
        }

        @Override
        @InvalidateTags("user:#{#id}")
        public void save(long id) {}

        @Override
        @Transactional
        @InvalidateTags("user:#{#id}")
        public void saveInTransaction(long id, boolean failing) {
            jdbc.update("update data set v = 'second'");
            if (failing) {
                throw new IllegalStateException("after the update");
            }
        }

        @Transactional
        @InvalidateTags(value = "user:#{#id}", beforeInvocation = true)
        public void saveInTransactionLast(long id) {
            assertThat(jdbc.queryForObject("select count(*) from psycache_invalidation", Long.class))
                    .isEqualTo(1);
            jdbc.update("update data set v = 'second'");
        }

        @InvalidateTags(value = "user:#{#id}", beforeInvocation = true)
        public void fail(long id) throws IOException {
            throw new IOException("after the invalidation");
        }

        @InvalidateTags("user:#{#id}")
        public void failFirst(long id) throws IOException {
            throw new IOException("before the invalidation");
        }

        @InvalidateTags(value = "user:#{#result.id}", condition = "#result?.active")
        public @Nullable User conditional(@Nullable User user) {
            return user;
        }

        @InvalidateTags("#{#result.id() == 1 ? {'user:1', 'user:2'} : null}")
        public Optional<User> optional(long id) {
            return Optional.of(new User(id, true));
        }

        @InvalidateTags("user:#{#result.id}")
        public CompletableFuture<User> future(CompletableFuture<User> saved) {
            return saved;
        }

        @InvalidateTags("user:#{#result.id}")
        public Mono<User> mono(Mono<User> saved) {
            return saved;
        }

        @InvalidateTags("#{#root.target.thread() ? 'must not block' : 'user:1'}")
        public Mono<User> monoOnAThread(Mono<User> saved) {
            return saved;
        }

        public boolean thread() {
            return Schedulers.isInNonBlockingThread();
        }

        @InvalidateTags("user:1")
        public Mono<Void> monoOfNothing() {
            return Mono.empty();
        }

        @InvalidateTags("#{#result.!['user:' + id]}")
        public Flux<User> flux(Flux<User> saved) {
            return saved;
        }

        @Transactional
        @CachePut("users")
        @CacheTags("user:#{#id}")
        @InvalidateTags("user:#{#id}")
        public User putAndInvalidate(long id) {
            return new User(id, true);
        }

        @InvalidateTags("user:#{#user.id}")
        public void saveAll(@Nullable User user) {}
    }

    static class MisspeltVariable {
        @InvalidateTags("user:#{#idd}")
        public void save(long id) {}
    }

    static class ResultBeforeInvocation {
        @InvalidateTags(value = "user:#{#result.id}", beforeInvocation = true)
        public User save(long id) {
            return new User(id, true);
        }
    }

    static class MisspeltCondition {
        @InvalidateTags(value = "user", condition = "#id >")
        public void save(long id) {}
    }

    @Configuration(proxyBeanMethods = false)
    static class Nothing {}

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    static class Transactions {}

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(order = 7, proxyTargetClass = true)
    static class OrderedTransactions {}

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement(proxyTargetClass = true)
    @EnableCaching
    static class Everything {}

    private AnnotationConfigApplicationContext start(Class<?> configuration, Class<?> service) {
        AnnotationConfigApplicationContext created = fixture.closing(new AnnotationConfigApplicationContext());
        created.register(configuration, service);
        created.register(
                InvalidateTagsConfigurer.class, CacheAdviceOrderConfigurer.class, DeclaredTypeCacheConfigurer.class);
        created.registerBean(PostgresCache.class, () -> fixture.cache);
        created.registerBean(PostgresCacheManager.class, () -> fixture.manager);
        created.registerBean(DataSource.class, () -> fixture.database.dataSource());
        created.registerBean(
                PlatformTransactionManager.class,
                () -> new DataSourceTransactionManager(fixture.database.dataSource()));
        created.refresh();
        return created;
    }

    private UserService users() {
        return start(Everything.class, UserService.class).getBean(UserService.class);
    }

    @BeforeEach
    void cache() {
        fixture.database.execute("create table data as select 'first' as v");
        for (int id = 1; id <= 3; id++) {
            fixture.cache.withTags("user:" + id).put("user " + id, id);
            fixture.cache.region("of another cache").withTags("user:" + id).put("other " + id, id, Integer.class, null);
        }
    }

    private List<Integer> cached() {
        return Stream.of(1, 2, 3)
                .filter(id -> fixture.cache.exists("user " + id))
                .toList();
    }

    private List<Integer> cachedElsewhere() {
        return Stream.of(1, 2, 3)
                .filter(id -> fixture.cache.exists("other " + id))
                .toList();
    }

    @Test
    void aMethodInvalidatesAcrossCachesWithoutCachingOrTransactions() {
        Users users = start(Nothing.class, UserService.class).getBean(Users.class);
        assertThat(AopUtils.isJdkDynamicProxy(users)).isTrue();
        users.save(1);
        assertThat(cached()).containsExactly(2, 3);
        assertThat(cachedElsewhere()).containsExactly(2, 3);
        users.saveAsTheInterfaceSays(2);
        assertThat(cached()).containsExactly(3);
    }

    @Test
    void anApplicationMayHaveAPackageBelowSprings() {
        start(Everything.class, Owners.class).getBean(Owners.class).save(1);
        assertThat(cached()).containsExactly(2, 3);
    }

    @Test
    void otherBeansAreNoProxies() {
        AnnotationConfigApplicationContext started = start(Nothing.class, UserService.class);
        assertThat(AopUtils.isAopProxy(started.getBean(PostgresCache.class))).isFalse();
        assertThat(AopUtils.isAopProxy(started.getBean(DataSource.class))).isFalse();
    }

    static Stream<Class<?>> transactions() {
        return Stream.of(Transactions.class, OrderedTransactions.class, Everything.class);
    }

    @ParameterizedTest
    @MethodSource("transactions")
    void theInvalidationIsPartOfTheTransaction(Class<?> configuration) {
        Users users = start(configuration, UserService.class).getBean(Users.class);
        assertThatIllegalStateException().isThrownBy(() -> users.saveInTransaction(1, true));
        assertThat(cached()).containsExactly(1, 2, 3);
        users.saveInTransaction(1, false);
        assertThat(cached()).containsExactly(2, 3);
        assertThat(transactionOfTheInvalidation()).isEqualTo(transactionOfTheData());
    }

    private @Nullable String transactionOfTheData() {
        return fixture.database.queryForString("select xmin from data");
    }

    private @Nullable String transactionOfTheInvalidation() {
        return fixture.database.queryForString("select xid from psycache_invalidation where tag = 't:user:1'");
    }

    @Test
    void anInvalidationBeforeTheInvocationIsPartOfTheTransactionToo() {
        UserService users = users();
        fixture.database.execute("truncate psycache_invalidation");
        users.saveInTransactionLast(1);
        assertThat(transactionOfTheInvalidation()).isEqualTo(transactionOfTheData());
    }

    @Test
    void aRollbackOfTheCallersTransactionUndoesIt() {
        UserService users = users();
        new TransactionTemplate(new DataSourceTransactionManager(fixture.database.dataSource()))
                .executeWithoutResult(status -> {
                    users.save(1);
                    assertThat(cached()).containsExactly(2, 3);
                    status.setRollbackOnly();
                });
        assertThat(cached()).containsExactly(1, 2, 3);
    }

    @Test
    void aMethodThatThrowsInvalidatesOnlyWhatComesBefore() {
        UserService users = users();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> users.failFirst(1));
        assertThat(cached()).containsExactly(1, 2, 3);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> users.fail(1));
        assertThat(cached()).containsExactly(2, 3);
    }

    @Test
    void theConditionDecides() {
        UserService users = users();
        users.conditional(new User(1, false));
        users.conditional(null);
        assertThat(cached()).containsExactly(1, 2, 3);
        users.conditional(new User(1, true));
        assertThat(cached()).containsExactly(2, 3);
    }

    @Test
    void theResultMayGiveManyTagsOrNone() {
        UserService users = users();
        users.optional(3);
        assertThat(cached()).containsExactly(1, 2, 3);
        users.optional(1);
        assertThat(cached()).containsExactly(3);
    }

    @Test
    void aFutureInvalidatesWhenItCompletes() {
        CompletableFuture<User> saved = new CompletableFuture<>();
        CompletableFuture<User> returned = users().future(saved);
        assertThat(cached()).containsExactly(1, 2, 3);
        saved.complete(new User(1, true));
        assertThat(returned.join()).isEqualTo(new User(1, true));
        assertThat(cached()).containsExactly(2, 3);
    }

    @Test
    void aFutureThatFailsInvalidatesNothing() {
        CompletableFuture<User> returned = users().future(CompletableFuture.failedFuture(new IOException("failed")));
        assertThatThrownBy(returned::join).hasRootCauseInstanceOf(IOException.class);
        assertThat(cached()).containsExactly(1, 2, 3);
    }

    static Stream<Consumer<UserService>> publishers() {
        return Stream.of(
                users -> users.mono(Mono.just(new User(1, true))).block(),
                users -> users.monoOnAThread(Mono.just(new User(1, true)).publishOn(Schedulers.parallel()))
                        .block(),
                users -> users.monoOfNothing().block(),
                users -> users.flux(Flux.just(new User(1, true))).blockLast());
    }

    @ParameterizedTest
    @MethodSource("publishers")
    void aPublisherInvalidatesWhenItCompletes(Consumer<UserService> subscription) {
        subscription.accept(users());
        assertThat(cached()).containsExactly(2, 3);
    }

    @Test
    void aPublisherThatNobodySubscribesToOrThatFailsInvalidatesNothing() {
        UserService users = users();
        users.mono(Mono.just(new User(1, true)));
        users.flux(Flux.just(new User(1, true)));
        assertThatThrownBy(
                        () -> users.mono(Mono.error(new IOException("failed"))).block())
                .hasRootCauseInstanceOf(IOException.class);
        Flux<User> failing =
                users.flux(Flux.concat(Flux.just(new User(1, true)), Flux.error(new IOException("failed"))));
        assertThatThrownBy(failing::blockLast).hasRootCauseInstanceOf(IOException.class);
        assertThat(cached()).containsExactly(1, 2, 3);
    }

    @Test
    void aMonoThatIsBlockedOnInATransactionIsPartOfIt() {
        UserService users = users();
        new TransactionTemplate(new DataSourceTransactionManager(fixture.database.dataSource()))
                .executeWithoutResult(status -> {
                    users.mono(Mono.just(new User(1, true))).block();
                    status.setRollbackOnly();
                });
        assertThat(cached()).containsExactly(1, 2, 3);
    }

    @Test
    void aLoadInFlightIsFenced() {
        UserService users = users();
        fixture.cache.withTags("user:1").getOrLoad("user 1 again", Integer.class, () -> {
            users.save(1);
            return 1;
        });
        assertThat(fixture.cache.exists("user 1 again")).isFalse();
    }

    @Test
    void whatAMethodPutsAndInvalidatesInATransactionIsStored() {
        users().putAndInvalidate(1);
        assertThat(cached()).containsExactly(2, 3);
        Awaitility.await().until(() -> fixture.cache("users").get(1L) != null);
        assertThat(fixture.cache("users").get(1L, User.class)).isEqualTo(new User(1, true));
    }

    @Test
    void anInvalidationThatFailsIsAnErrorOfTheCallerAndRollsBack() {
        UserService users = users();
        fixture.database.execute("alter table psycache_invalidation rename to broken");
        assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> users.save(1));
        assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> users.saveInTransaction(1, false));
        assertThat(fixture.database.queryForString("select v from data")).isEqualTo("first");
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> users.future(CompletableFuture.completedFuture(new User(1, true)))
                        .join())
                .withCauseInstanceOf(DataAccessException.class);
        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> users.mono(Mono.just(new User(1, true))).block());
    }

    @Test
    void anExpressionThatFailsIsAnErrorOfTheCaller() {
        UserService users = users();
        assertThatIllegalStateException()
                .isThrownBy(() -> users.saveAll(null))
                .withMessageContaining("\"user:#{#user.id}\" in @InvalidateTags of")
                .withMessageContaining("UserService.saveAll failed: EL1007E");
    }

    private void assertRefusedAtStart(Class<?> service, String... reasons) {
        assertThatExceptionOfType(BeanCreationException.class)
                .isThrownBy(() -> start(Nothing.class, service))
                .satisfies(refusal -> assertThat(refusal.getRootCause())
                        .hasMessageContainingAll(reasons)
                        .hasMessageContaining("@InvalidateTags of " + service.getName() + ".save"));
    }

    @Test
    void whatIsNoExpressionFailsTheStart() {
        assertRefusedAtStart(MisspeltVariable.class, "\"user:#{#idd}\"", "uses #idd", "#a0, #id, #p0, #result");
    }

    @Test
    void theResultBeforeTheInvocationFailsTheStart() {
        assertRefusedAtStart(ResultBeforeInvocation.class, "uses #result", "before the invocation there is no result");
    }

    @Test
    void aConditionThatIsNoneFailsTheStart() {
        assertThatExceptionOfType(BeanCreationException.class)
                .isThrownBy(() -> start(Nothing.class, MisspeltCondition.class))
                .withStackTraceContaining("\"#id >\" in @InvalidateTags of");
    }

    @Test
    void nothingIsSaidAtStart(CapturedOutput output) {
        users();
        assertThat(output).doesNotContain("not eligible").doesNotContain("WARN");
    }
}
