package io.psycache.spring.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.psycache.spring.CacheFixture;
import io.psycache.spring.PostgresCacheManager;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.interceptor.CacheOperation;
import org.springframework.cache.interceptor.CacheOperationSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodClassKey;
import org.springframework.core.PriorityOrdered;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Methods that are both cached and {@code @Transactional}. */
@ExtendWith(OutputCaptureExtension.class)
class AdviceOrderTests {
    private static final String ANOTHER_ORDER = "The application orders its advice itself";

    @RegisterExtension
    private final CacheFixture fixture = new CacheFixture();

    private @Nullable AnnotationConfigApplicationContext context;

    record Item(String text) {}

    static class Items {
        private final JdbcTemplate jdbc;

        Items(JdbcTemplate jdbc) {
            this.jdbc = jdbc;
        }

        private Item change(String text) {
            assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                    .isTrue();
            jdbc.update("update data set v = ?", text);
            return new Item(text);
        }

        @Transactional
        @CacheEvict(cacheNames = "items", key = "#id")
        public void evict(long id, String text) {
            change(text);
        }

        @Transactional
        @CacheEvict(cacheNames = "items", key = "#id", beforeInvocation = true)
        public void evictFirst(long id, String text, boolean failing) {
            change(text);
            if (failing) {
                throw new IllegalStateException("after the eviction");
            }
        }

        @Transactional
        @CacheEvict(cacheNames = "items", allEntries = true)
        public void clear(String text) {
            change(text);
        }

        @Transactional
        @CachePut(cacheNames = "items", key = "#id")
        public Item put(long id, String text) {
            return change(text);
        }

        @Transactional
        @Cacheable("items")
        public Item find(long id) {
            return new Item(jdbc.queryForObject("select v from data", String.class));
        }

        @Transactional
        @Cacheable(cacheNames = "items", sync = true)
        public Item findSync(long id) {
            return find(id);
        }

        @Transactional
        @Caching(cacheable = @Cacheable("items"), evict = @CacheEvict("others"))
        public Item findAndEvict(long id) {
            return find(id);
        }

        @CacheEvict(cacheNames = "items", key = "#id")
        public void evictOutside(long id) {
            assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                    .isFalse();
        }
    }

    static class CountingTransactions extends DataSourceTransactionManager {
        final AtomicInteger begun = new AtomicInteger();

        CountingTransactions(DataSource dataSource) {
            super(dataSource);
        }

        @Override
        protected void doBegin(Object transaction, TransactionDefinition definition) {
            begun.incrementAndGet();
            super.doBegin(transaction, definition);
        }
    }

    /** Counts how often each method is looked through for operations. */
    static class CountingSource implements CacheOperationSource {
        private final CacheOperationSource source;
        private final Map<MethodClassKey, Integer> searches;

        CountingSource(CacheOperationSource source, Map<MethodClassKey, Integer> searches) {
            this.source = source;
            this.searches = searches;
        }

        @Override
        public boolean hasCacheOperations(Method method, @Nullable Class<?> type) {
            searches.merge(new MethodClassKey(method, type), 1, Integer::sum);
            return source.hasCacheOperations(method, type);
        }

        @Override
        public @Nullable Collection<CacheOperation> getCacheOperations(Method method, @Nullable Class<?> type) {
            searches.merge(new MethodClassKey(method, type), 1, Integer::sum);
            return source.getCacheOperations(method, type);
        }
    }

    static class CountingSources implements BeanPostProcessor, PriorityOrdered {
        private final Map<MethodClassKey, Integer> searches = new HashMap<>();

        @Override
        public int getOrder() {
            return 0;
        }

        @Override
        public Object postProcessAfterInitialization(Object bean, String name) {
            return bean instanceof CacheOperationSource source ? new CountingSource(source, searches) : bean;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    @EnableTransactionManagement
    static class CachingFirst {}

    @Configuration(proxyBeanMethods = false)
    @EnableTransactionManagement
    @EnableCaching
    static class TransactionsFirst {}

    @Configuration(proxyBeanMethods = false)
    @EnableCaching(order = 1)
    @EnableTransactionManagement
    static class CachingOrdered {}

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    @EnableTransactionManagement(order = 1)
    static class TransactionsOrdered {}

    /** Also those of a parent. */
    @Configuration(proxyBeanMethods = false)
    static class AllAdvisors {
        @Bean
        static DefaultAdvisorAutoProxyCreator proxies() {
            DefaultAdvisorAutoProxyCreator creator = new DefaultAdvisorAutoProxyCreator();
            creator.setProxyTargetClass(true);
            return creator;
        }
    }

    static Stream<Class<?>> defaults() {
        return Stream.of(CachingFirst.class, TransactionsFirst.class);
    }

    private Items managed(Class<?> configuration) {
        return items(configuration, CacheAdviceOrderConfigurer.class);
    }

    private Items items(Class<?>... configurations) {
        DataSource dataSource = fixture.database.dataSource();
        fixture.database.execute("create table if not exists data as select 'first' as v");
        AnnotationConfigApplicationContext created = fixture.closing(new AnnotationConfigApplicationContext());
        created.register(configurations);
        created.register(DeclaredTypeCacheConfigurer.class);
        created.registerBean(PostgresCacheManager.class, () -> fixture.manager);
        created.registerBean(CountingTransactions.class, () -> new CountingTransactions(dataSource));
        created.registerBean(Items.class, () -> new Items(new JdbcTemplate(dataSource)));
        created.refresh();
        context = created;
        return created.getBean(Items.class);
    }

    private int begun() {
        return context == null
                ? 0
                : context.getBean(CountingTransactions.class).begun.get();
    }

    private @Nullable String transactionOfTheData() {
        return fixture.database.queryForString("select xmin from data");
    }

    private @Nullable String transactionOfTheInvalidation() {
        return fixture.database.queryForString("select xid from psycache_invalidation order by id desc limit 1");
    }

    private static long number(@Nullable String xid) {
        return xid == null ? 0 : Long.parseLong(xid);
    }

    private @Nullable Item cached() {
        return fixture.cache("items").get(1L, Item.class);
    }

    private void cache(String text) {
        fixture.cache("items").put(1L, new Item(text));
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void anEvictionIsPartOfTheTransaction(Class<?> configuration) {
        Items items = managed(configuration);
        items.evict(1, "second");
        assertThat(transactionOfTheInvalidation()).isEqualTo(transactionOfTheData());
        items.clear("third");
        assertThat(transactionOfTheInvalidation()).isEqualTo(transactionOfTheData());
        items.evictFirst(1, "fourth", false);
        assertThat(transactionOfTheInvalidation()).isEqualTo(transactionOfTheData());
        assertThat(begun()).isEqualTo(3);
    }

    @Test
    void controlSpringsDefaultEvictsInATransactionAfterTheCommit() {
        items(CachingFirst.class).evict(1, "second");
        assertThat(number(transactionOfTheInvalidation())).isGreaterThan(number(transactionOfTheData()));
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void aPutInvalidatesInTheTransactionAndIsStoredAfterIt(Class<?> configuration) {
        Items items = managed(configuration);
        cache("older");
        items.put(1, "second");
        assertThat(transactionOfTheInvalidation()).isEqualTo(transactionOfTheData());
        Awaitility.await().until(() -> new Item("second").equals(cached()));
        assertThat(begun()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void aHitOpensNoTransaction(Class<?> configuration) {
        Items items = managed(configuration);
        Item loaded = items.find(1);
        assertThat(begun()).isEqualTo(1);
        assertThat(cached()).as("stored at once, as the transaction has ended").isEqualTo(loaded);
        assertThat(items.find(1)).isEqualTo(loaded);
        assertThat(items.findSync(1)).isEqualTo(loaded);
        assertThat(begun()).isEqualTo(1);
        items.findSync(2);
        assertThat(items.findSync(2)).isEqualTo(loaded);
        assertThat(begun()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void aRollbackKeepsTheEntryAlsoAfterAnEvictionBeforeTheInvocation(Class<?> configuration) {
        Items items = managed(configuration);
        cache("first");
        assertThatIllegalStateException().isThrownBy(() -> items.evictFirst(1, "second", true));
        assertThat(cached()).isEqualTo(new Item("first"));
        assertThat(fixture.database.queryForString("select v from data")).isEqualTo("first");
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void aMethodThatLooksUpAndEvictsDoesBothAlsoOnAHit(Class<?> configuration) {
        Items items = managed(configuration);
        cache("cached");
        fixture.cache("others").put(1L, new Item("other"));
        assertThat(items.findAndEvict(1)).isEqualTo(new Item("cached"));
        assertThat(fixture.cache("others").get(1L)).isNull();
        assertThat(begun()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void aMethodWithoutATransactionEvictsAsBefore(Class<?> configuration) {
        Items items = managed(configuration);
        cache("first");
        items.evictOutside(1);
        assertThat(cached()).isNull();
        assertThat(begun()).isZero();
    }

    @Test
    void anOrderOfCachingThatTheApplicationSetsWinsWithAWarning(CapturedOutput output) {
        managed(CachingOrdered.class).evict(1, "second");
        assertThat(transactionOfTheInvalidation()).isNotEqualTo(transactionOfTheData());
        assertThat(output)
                .containsOnlyOnce(ANOTHER_ORDER + " (caching 1, transactions by default)")
                .containsOnlyOnce("run after the commit");
    }

    @Test
    void anOrderOfTransactionsThatTheApplicationSetsWinsWithAWarning(CapturedOutput output) {
        Items items = managed(TransactionsOrdered.class);
        items.evict(1, "second");
        assertThat(transactionOfTheInvalidation()).isEqualTo(transactionOfTheData());
        items.find(1);
        Awaitility.await().until(() -> cached() != null);
        items.find(1);
        assertThat(begun()).isEqualTo(3);
        assertThat(output).containsOnlyOnce(ANOTHER_ORDER).containsOnlyOnce("hit on a @Transactional method opens");
    }

    @Test
    void aChildContextLeavesTheAdviceOfItsParentToIt() {
        managed(CachingFirst.class);
        AnnotationConfigApplicationContext child = fixture.closing(new AnnotationConfigApplicationContext());
        child.setParent(context);
        child.register(AllAdvisors.class, CacheAdviceOrderConfigurer.class);
        child.registerBean(PostgresCacheManager.class, () -> fixture.manager);
        child.registerBean(Items.class, () -> new Items(new JdbcTemplate(fixture.database.dataSource())));
        child.refresh();
        cache("first");
        child.getBean(Items.class).evict(1, "second");
        assertThat(transactionOfTheInvalidation()).isEqualTo(transactionOfTheData());
        assertThat(cached()).isNull();
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void nothingIsSaidWhereTheOrderIsManaged(Class<?> configuration, CapturedOutput output) {
        managed(configuration);
        assertThat(output).doesNotContain("order").doesNotContain("not eligible");
    }

    @ParameterizedTest
    @MethodSource("defaults")
    void methodsThatAreNotCachedAreSearchedForAnnotationsOnce(Class<?> configuration) throws NoSuchMethodException {
        items(configuration, CacheAdviceOrderConfigurer.class, CountingSources.class);
        MethodClassKey begin = new MethodClassKey(
                PlatformTransactionManager.class.getMethod("getTransaction", TransactionDefinition.class),
                CountingTransactions.class);
        assertThat(context).isNotNull();
        assertThat(context.getBean(CountingSources.class).searches).containsEntry(begin, 1);
    }
}
