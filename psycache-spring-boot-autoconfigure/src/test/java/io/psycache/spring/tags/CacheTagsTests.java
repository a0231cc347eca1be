package io.psycache.spring.tags;

import static org.assertj.core.api.Assertions.assertThat;

import io.psycache.spring.CacheFixture;
import io.psycache.spring.CacheTags;
import io.psycache.spring.PostgresCacheStatistics;
import io.psycache.spring.advice.DeclaredTypeCacheConfigurer;
import io.psycache.spring.keys.Invocation;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.AliasFor;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.test.util.AopTestUtils;
import org.springframework.transaction.support.TransactionTemplate;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Tags that reach what Spring's caching puts, on each of its paths. */
class CacheTagsTests {
    private static final String KEY = "orders::1L";

    @RegisterExtension
    private final CacheFixture fixture = new CacheFixture();

    record Order(long id, @Nullable Long customer, List<Long> products) {}

    interface Orders {
        Order plain(long id);

        Order sync(long id);

        Optional<Order> optional(long id);

        CompletableFuture<Order> future(long id);

        CompletableFuture<Order> futureSync(long id);

        Mono<Order> mono(long id);

        Mono<Order> monoSync(long id);

        Flux<Order> flux(long id);

        Order put(long id);

        CompletableFuture<Order> putFuture(long id);

        Mono<Order> putMono(long id);

        Order untagged(long id);
    }

    @Retention(RetentionPolicy.RUNTIME)
    @CacheTags("")
    @interface OrderTags {
        @AliasFor(annotation = CacheTags.class, attribute = "value")
        String[] tags() default {
            "order:#{#id}", "customer:#{#result.customer}", "#{#result.products.!['product:' + #this]}"
        };
    }

    static class OrderService implements Orders {
        Runnable duringLoad = () -> {};

        private Order load(long id) {
            duringLoad.run();
            return new Order(id, 7L, List.of(10L, 11L));
        }

        @Override
        @Cacheable("orders")
        @CacheTags({"order:#{#id}", "customer:#{#result.customer}", "#{#result.products.!['product:' + #this]}"})
        public Order plain(long id) {
            return load(id);
        }

        @Override
        @OrderTags
        @Cacheable(cacheNames = "orders", sync = true)
        public Order sync(long id) {
            return load(id);
        }

        @Override
        @OrderTags
        @Cacheable("orders")
        public Optional<Order> optional(long id) {
            return Optional.of(load(id));
        }

        @Override
        @OrderTags
        @Cacheable("orders")
        public CompletableFuture<Order> future(long id) {
            return CompletableFuture.supplyAsync(() -> load(id), task -> new Thread(task).start());
        }

        @Override
        @OrderTags
        @Cacheable(cacheNames = "orders", sync = true)
        public CompletableFuture<Order> futureSync(long id) {
            return future(id);
        }

        @Override
        @OrderTags
        @Cacheable("orders")
        public Mono<Order> mono(long id) {
            return Mono.fromSupplier(() -> load(id));
        }

        @Override
        @OrderTags
        @Cacheable(cacheNames = "orders", sync = true)
        public Mono<Order> monoSync(long id) {
            return mono(id);
        }

        @Override
        @Cacheable("orders")
        @OrderTags(
                tags = {
                    "order:#{#a0}",
                    "#{#result.!['customer:' + customer]}",
                    "#{#result[0].products.!['product:' + #this].toArray()}"
                })
        public Flux<Order> flux(long id) {
            return Flux.defer(() -> Flux.just(load(id)));
        }

        @Override
        @OrderTags
        @CachePut("orders")
        public Order put(long id) {
            return load(id);
        }

        @Override
        @OrderTags
        @CachePut("orders")
        public CompletableFuture<Order> putFuture(long id) {
            return future(id);
        }

        @Override
        @OrderTags
        @CachePut("orders")
        public Mono<Order> putMono(long id) {
            return mono(id);
        }

        @Override
        @Cacheable("orders")
        public Order untagged(long id) {
            return load(id);
        }
    }

    interface Tagged {
        @Cacheable("orders")
        @CacheTags("of interface #{#id}")
        Integer find(long id);
    }

    static class Untagged {
        public Integer find(long id) {
            return 1;
        }
    }

    static class TaggedByItsInterface extends Untagged implements Tagged {}

    @CacheTags("of class #{#p0}")
    static class TaggedByItsClass {
        @Cacheable("orders")
        public Integer find(long id) {
            return 1;
        }

        @Cacheable("orders")
        @CacheTags("of method")
        public Integer own(long id) {
            return 1;
        }

        @CacheEvict(cacheNames = "orders", allEntries = true)
        public void clear() {}
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class InterfaceProxies {}

    @Configuration(proxyBeanMethods = false)
    @EnableCaching(proxyTargetClass = true)
    static class ClassProxies {}

    private <T> T bean(Class<?> configuration, Class<?> implementation, Class<T> type) {
        AnnotationConfigApplicationContext created = fixture.closing(new AnnotationConfigApplicationContext());
        created.register(configuration, DeclaredTypeCacheConfigurer.class, implementation);
        created.registerBean(CacheManager.class, () -> fixture.manager);
        created.refresh();
        return created.getBean(type);
    }

    private Orders orders() {
        return bean(InterfaceProxies.class, OrderService.class, Orders.class);
    }

    private @Nullable String tags() {
        return fixture.column("tags", KEY);
    }

    private boolean isCached() {
        return fixture.cache.exists(KEY);
    }

    private static Named call(String name, Function<Orders, Object> call) {
        return new Named(name, call);
    }

    record Named(String name, Function<Orders, Object> call) {
        void on(Orders orders) {
            call.apply(orders);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Named> paths() {
        return Stream.of(
                call("plain", orders -> orders.plain(1)),
                call("sync", orders -> orders.sync(1)),
                call("optional", orders -> orders.optional(1)),
                call("future", orders -> orders.future(1).join()),
                call("futureSync", orders -> orders.futureSync(1).join()),
                call("mono", orders -> orders.mono(1).blockOptional()),
                call("monoSync", orders -> orders.monoSync(1).blockOptional()),
                call("flux", orders -> orders.flux(1).collectList().blockOptional()),
                call("put", orders -> orders.put(1)),
                call("putFuture", orders -> orders.putFuture(1).join()),
                call("putMono", orders -> orders.putMono(1).blockOptional()));
    }

    private void assertTagged(Named path, Orders orders) {
        path.on(orders);
        Awaitility.await().until(this::isCached);
        assertThat(tags()).isEqualTo("{c:orders,t:order:1,t:customer:7,t:product:10,t:product:11}");
        fixture.cache.invalidateTags("customer:8");
        assertThat(isCached()).isTrue();
        fixture.cache.invalidateTags("customer:7");
        assertThat(isCached()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("paths")
    void whatIsPutCarriesTheTags(Named path) {
        Orders orders = orders();
        assertThat(AopUtils.isJdkDynamicProxy(orders)).isTrue();
        assertTagged(path, orders);
    }

    @Test
    void theProxyMayBeASubclass() {
        OrderService orders = bean(ClassProxies.class, OrderService.class, OrderService.class);
        assertThat(AopUtils.isCglibProxy(orders)).isTrue();
        assertTagged(call("plain", all -> all.plain(1)), orders);
    }

    private void load(Named path) {
        Orders orders = orders();
        OrderService target = AopTestUtils.getTargetObject(orders);
        target.duringLoad = () -> {
            fixture.cache.invalidateTags("customer:7");
            target.duringLoad = () -> {};
        };
        path.on(orders);
        PostgresCacheStatistics statistics = fixture.statistics("orders");
        Awaitility.await().until(() -> statistics.getPuts() + statistics.getSkippedPuts() == 1); // refused
    }

    @ParameterizedTest
    @MethodSource("paths")
    void anInvalidationOfATagDuringTheLoadFencesIt(Named path) {
        load(path);
        assertThat(isCached()).isFalse();
    }

    @Test
    void controlALoadWithoutTheTagIsStored() {
        load(call("untagged", orders -> orders.untagged(1)));
        assertThat(isCached()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"plain, false", "plain, true", "put, false", "put, true"})
    void inATransactionTheyAreThoseOfThePutAfterTheCommit(String path, boolean rollback) {
        Orders orders = orders();
        TransactionTemplate transaction =
                new TransactionTemplate(new DataSourceTransactionManager(fixture.database.dataSource()));
        transaction.executeWithoutResult(status -> {
            if (path.equals("put")) {
                orders.put(1);
            } else {
                orders.plain(1);
            }
            if (rollback) {
                status.setRollbackOnly();
            }
        });
        if (rollback) {
            assertThat(isCached()).isFalse();
        } else {
            Awaitility.await().until(this::isCached);
            assertThat(tags()).contains("t:customer:7", "t:product:11");
        }
    }

    @Test
    void anInterfaceMayDeclareThem() {
        bean(InterfaceProxies.class, TaggedByItsInterface.class, Tagged.class).find(1);
        assertThat(tags()).isEqualTo("{c:orders,\"t:of interface 1\"}");
    }

    @Test
    void aClassMayDeclareThemForItsMethods() {
        TaggedByItsClass tagged = bean(InterfaceProxies.class, TaggedByItsClass.class, TaggedByItsClass.class);
        tagged.find(1);
        assertThat(tags()).isEqualTo("{c:orders,\"t:of class 1\"}");
        tagged.clear(); // has no parameter, and puts nothing
        tagged.own(1);
        assertThat(tags()).isEqualTo("{c:orders,\"t:of method\"}");
    }

    @Test
    void aPutIfAbsentCarriesThemToo() {
        Invocation invocation = new Invocation(String.class, (key, value) -> List.of(key + value), null);
        fixture.cache("orders").putIfAbsent(invocation.carriedBy(1L), "value");
        assertThat(tags()).isEqualTo("{c:orders,t:orders::1Lvalue}");
    }
}
