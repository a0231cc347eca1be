package io.psycache.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.psycache.CacheRegion;
import io.psycache.spring.advice.DeclaredTypeCacheConfigurer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.test.util.AopTestUtils;
import org.springframework.transaction.support.TransactionTemplate;
import reactor.core.publisher.Mono;

/** {@code @CachePut} with another writer between what the method reads and the put. */
class CachePutTests {
    @RegisterExtension
    private final CacheFixture fixture = new CacheFixture(settings ->
            settings.cache("strict", PostgresCacheConfiguration.defaults().cacheNullValues(false)));

    private final JdbcTemplate jdbc = new JdbcTemplate(fixture.database.dataSource());
    private final TransactionTemplate transaction =
            new TransactionTemplate(new DataSourceTransactionManager(fixture.database.dataSource()));
    private final AnnotationConfigApplicationContext context = context();
    private final Names names = context.getBean(Names.class);
    private final Names target = AopTestUtils.getTargetObject(names);

    record Name(String text) {}

    static class Names {
        private JdbcTemplate jdbc = new JdbcTemplate();
        private Runnable afterRead = () -> {};

        private Name read() {
            Name read = new Name(jdbc.queryForObject("select v from data", String.class));
            afterRead.run();
            return read;
        }

        @Cacheable("names")
        public Name name(long id) {
            return read();
        }

        @CachePut("names")
        public Name refresh(long id) {
            return read();
        }

        @CachePut("names")
        public CompletableFuture<Name> refreshLater(long id) {
            return CompletableFuture.supplyAsync(this::read);
        }

        @CachePut("names")
        public Mono<Name> refreshReactively(long id) {
            return Mono.fromSupplier(this::read);
        }

        @CachePut("names")
        public Object untrusted(long id) {
            return new StringBuilder("of no declared type");
        }

        @CachePut("strict")
        public @Nullable Name strict(long id) {
            return null;
        }
    }

    @Configuration
    @EnableCaching
    static class Caching {}

    private AnnotationConfigApplicationContext context() {
        fixture.database.execute("create table data as select 'old' as v");
        AnnotationConfigApplicationContext created = fixture.closing(new AnnotationConfigApplicationContext());
        created.register(Caching.class, DeclaredTypeCacheConfigurer.class, Names.class);
        created.registerBean(CacheManager.class, () -> fixture.manager);
        created.refresh();
        Names bean = AopTestUtils.getTargetObject(created.getBean(Names.class));
        bean.jdbc = jdbc;
        return created;
    }

    /** Another writer, as it should be: data and invalidation in one transaction. */
    private void commit(String value, Consumer<Cache> invalidation) {
        onAnotherThread(() -> transaction.executeWithoutResult(status -> {
            jdbc.update("update data set v = ?", value);
            invalidation.accept(fixture.cache("names"));
        }));
    }

    private static void onAnotherThread(Runnable action) {
        CompletableFuture.runAsync(action).join();
    }

    private @Nullable Name cached() {
        return fixture.cache("names").get(1L, Name.class);
    }

    static Stream<Consumer<Names>> refreshes() {
        return Stream.of(
                names -> names.refresh(1),
                names -> names.refreshLater(1).join(),
                names -> names.refreshReactively(1).block());
    }

    @ParameterizedTest
    @MethodSource("refreshes")
    void whatNobodyOvertookIsStored(Consumer<Names> refresh) {
        fixture.cache("names").put(1L, new Name("older"));
        refresh.accept(names);
        assertThat(cached()).isEqualTo(new Name("old"));
    }

    @ParameterizedTest
    @MethodSource("refreshes")
    void whatACommitOvertookIsNotStored(Consumer<Names> refresh) {
        target.afterRead = () -> commit("new", cache -> cache.evict(1L));
        refresh.accept(names);
        assertThat(cached()).isNull();
        target.afterRead = () -> {};
        assertThat(names.name(1)).isEqualTo(new Name("new"));
    }

    @Test
    void controlAPlainPutStoresWhatACommitOvertook() {
        Name read = new Name(jdbc.queryForObject("select v from data", String.class));
        commit("new", cache -> cache.evict(1L));
        fixture.cache("names").put(1L, read);
        assertThat(cached()).as("stale").isEqualTo(new Name("old"));
    }

    @Test
    void whatAClearOvertookIsNotStored() {
        target.afterRead = () -> commit("new", Cache::clear);
        names.refresh(1);
        assertThat(cached()).isNull();
    }

    @Test
    void anEvictionThatIsStillToCommitEndsWhatIsStored() {
        Future<?>[] writer = new Future<?>[1];
        CompletableFuture<Void> evicted = new CompletableFuture<>();
        CompletableFuture<Void> stored = new CompletableFuture<>();
        target.afterRead = () -> {
            writer[0] = Executors.newSingleThreadExecutor()
                    .submit(() -> transaction.executeWithoutResult(status -> {
                        jdbc.update("update data set v = 'new'");
                        fixture.cache("names").evict(1L);
                        evicted.complete(null);
                        stored.join();
                    }));
            evicted.join();
        };
        names.refresh(1);
        assertThat(cached()).as("before the commit").isEqualTo(new Name("old"));
        stored.complete(null);
        assertThat(writer[0]).succeedsWithin(Duration.ofSeconds(10));
        assertThat(cached()).as("after the commit").isNull();
    }

    @Test
    void theOlderOfTwoThatOverlapIsNotStored() {
        target.afterRead = () -> {
            target.afterRead = () -> {};
            commit("new", cache -> {}); // a writer that evicts nothing, but puts
            names.refresh(1);
        };
        names.refresh(1);
        assertThat(cached()).isNotEqualTo(new Name("old"));
    }

    @Test
    void aLoadInFlightDoesNotPutBackWhatWasReplaced() {
        target.afterRead = () -> {
            target.afterRead = () -> {};
            commit("new", cache -> {});
            names.refresh(1);
        };
        assertThat(names.name(1)).isEqualTo(new Name("old"));
        assertThat(cached()).isEqualTo(new Name("new"));
    }

    @Test
    void aTransactionOfTheMethodsOwnDoesNotHinderThePut() {
        target.afterRead = () -> transaction.executeWithoutResult(status -> jdbc.update("update data set v = 'old'"));
        names.refresh(1);
        assertThat(cached()).isEqualTo(new Name("old"));
    }

    @Test
    void whatCanNotBeStoredEndsTheOldEntryAllTheSame() {
        fixture.cache("names").put(1L, new Name("older"));
        names.untrusted(1);
        assertThat(cached()).isNull();
    }

    @Test
    void aNullThatTheCacheRefusesEndsTheOldEntryAllTheSame() {
        fixture.cache("strict").put(1L, new Name("older"));
        assertThatIllegalArgumentException().isThrownBy(() -> names.strict(1));
        assertThat(fixture.cache("strict").get(1L)).isNull();
    }

    @Test
    void withoutATokenTheOldEntryEndsAndNothingIsStored() {
        fixture.cache("names").put(1L, new Name("older"));
        fixture.database.execute("alter table psycache_epoch rename to psycache_broken");
        target.afterRead = () -> fixture.database.execute("alter table psycache_broken rename to psycache_epoch");
        names.refresh(1);
        assertThat(cached()).isNull();
        assertThat(fixture.statistics("names").getSkippedPuts()).isEqualTo(1);
    }

    @Test
    void anOldEntryThatCanNotBeEndedIsAnError() {
        target.afterRead = fixture::breakTable;
        assertThatExceptionOfType(DataAccessException.class).isThrownBy(() -> names.refresh(1));
        fixture.repair();
    }

    @Test
    void whatWasBegunOutsideATransactionIsNotStoredInOne() {
        CacheRegion region = (CacheRegion) fixture.cache("names").getNativeCache();
        region.put("key", 1, Integer.class, null);
        CacheRegion.Beginning beginning = region.begin();
        transaction.executeWithoutResult(status -> region.put(beginning, "key", 2, Integer.class, null));
        assertThat(region.lookup("key", stored -> Integer.class).isHit()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inATransactionWhatACommitOvertookIsNotStoredEither(boolean readOnly) {
        transaction.setReadOnly(readOnly);
        TransactionTemplate writing = new TransactionTemplate(transaction.getTransactionManager());
        target.afterRead = () -> onAnotherThread(() -> writing.executeWithoutResult(status -> {
            jdbc.update("update data set v = 'new'");
            fixture.cache("names").evict(1L);
        }));
        transaction.executeWithoutResult(status -> names.refresh(1));
        fixture.cache.close(); // when what was queued has been put
        assertThat(fixture.column("value", "names::1L")).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void inATransactionWhatNobodyOvertookIsStoredAfterIt(boolean writtenBefore) {
        transaction.executeWithoutResult(status -> {
            if (writtenBefore) {
                jdbc.update("update data set v = 'own'");
            }
            names.refresh(1);
            jdbc.update("update data set v = v");
        });
        Awaitility.await().until(() -> new Name(writtenBefore ? "own" : "old").equals(cached()));
    }

    @Test
    void aTransactionThatEvictsAfterThePutEndsWhatItPut() {
        transaction.executeWithoutResult(status -> {
            names.refresh(1);
            fixture.cache("names").evict(1L);
        });
        fixture.cache.close();
        assertThat(fixture.column("value", "names::1L")).isNull();
    }

    @Test
    void aFailingTokenDoesNotAbortTheTransaction() {
        fixture.database.execute("alter table psycache_epoch rename to psycache_broken");
        target.afterRead = () ->
                onAnotherThread(() -> fixture.database.execute("alter table psycache_broken rename to psycache_epoch"));
        transaction.executeWithoutResult(status -> {
            names.refresh(1);
            jdbc.update("update data set v = 'after'");
        });
        assertThat(fixture.database.queryForString("select v from data")).isEqualTo("after");
    }
}
