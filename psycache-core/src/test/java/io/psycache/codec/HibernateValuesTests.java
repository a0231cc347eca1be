package io.psycache.codec;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.psycache.codec.Shop.Customer;
import io.psycache.codec.Shop.PurchaseOrder;
import io.psycache.testsupport.TestDatabase;
import java.lang.reflect.Type;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.Configuration;
import org.hibernate.proxy.HibernateProxy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.ParameterizedTypeReference;

/** Entities as Hibernate loads them from PostgreSQL. */
class HibernateValuesTests {
    @RegisterExtension
    private static final TestDatabase database = TestDatabase.create();

    private static final SessionFactory sessions = database.closing(sessions());

    private static SessionFactory sessions() {
        Configuration configuration = new Configuration();
        Stream.of(Customer.class, PurchaseOrder.class, Shop.Line.class, Shop.Article.class, Shop.Discount.class)
                .forEach(configuration::addAnnotatedClass);
        configuration.getProperties().put("hibernate.connection.datasource", database.dataSource());
        configuration.setProperty("hibernate.hbm2ddl.auto", "create");
        return configuration.buildSessionFactory();
    }

    @BeforeAll
    static void persist() {
        sessions.inTransaction(session -> {
            Customer customer = new Customer(7, "Ann");
            session.persist(customer);
            session.persist(new PurchaseOrder(1, customer));
        });
    }

    static Stream<CacheCodec> codecs() {
        return Stream.of(Jackson2Codec.create(), Jackson3Codec.create());
    }

    private static <T> T inSession(Function<Session, T> work) {
        return sessions.fromTransaction(work::apply);
    }

    private static PurchaseOrder loaded(Session session) {
        PurchaseOrder order = session.find(PurchaseOrder.class, 1L);
        Stream.of(order.customer(), order.labels(), order.counts()).forEach(Hibernate::initialize);
        assertThat(order.getLines()).hasSize(2);
        return order;
    }

    private static @Nullable Object roundTrip(CacheCodec codec, Object value, Type type) throws CodecException {
        return codec.decode(codec.encode(value, type), type);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void anEntityComesBackWithItsCollections(CacheCodec codec) throws CodecException {
        PurchaseOrder order = inSession(HibernateValuesTests::loaded);
        PurchaseOrder copy = (PurchaseOrder) requireNonNull(roundTrip(codec, order, PurchaseOrder.class));
        assertThat(copy.getLines()).hasSize(2);
        assertThat(copy.getLines().get(1)).isInstanceOf(Shop.Article.class);
        assertThat(copy.labels()).containsExactlyInAnyOrder("x", "y");
        assertThat(copy.counts()).containsEntry("k", 1);
        assertThat(copy.customer().getClass()).isEqualTo(Customer.class);
        assertThat(copy.customer().name).isEqualTo("Ann");
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void theJsonOfAnEntityIsClean(CacheCodec codec) throws CodecException {
        PurchaseOrder order = inSession(HibernateValuesTests::loaded);
        assertThat(CacheCodecContract.text(codec.encode(order, PurchaseOrder.class)))
                .contains("\"customer\":{\"id\":7,\"name\":\"Ann\"}", "\"kind\":\"article\"", "\"counts\":{\"k\":1}")
                .doesNotContainIgnoringCase("hibernate");
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void collectionsOfHibernateComeBackAsWhatTheyStandFor(CacheCodec codec) throws CodecException {
        PurchaseOrder order = inSession(HibernateValuesTests::loaded);
        Type labels = new ParameterizedTypeReference<java.util.Set<String>>() {}.getType();
        assertThat(roundTrip(codec, order.labels(), labels)).isEqualTo(order.labels());
        List<PurchaseOrder> all = inSession(session -> List.of(loaded(session)));
        Type orders = new ParameterizedTypeReference<List<PurchaseOrder>>() {}.getType();
        assertThat((List<?>) roundTrip(codec, all, orders)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void anInitialisedProxyIsWrittenAsItsEntity(CacheCodec codec) throws CodecException {
        Customer proxy = inSession(session -> {
            Customer reference = session.getReference(Customer.class, 7L);
            Hibernate.initialize(reference);
            return reference;
        });
        assertThat(proxy).isInstanceOf(HibernateProxy.class);
        assertThat(CacheCodecContract.text(codec.encode(proxy, Customer.class)))
                .isEqualTo("{\"id\":7,\"name\":\"Ann\"}");
        assertThat(roundTrip(codec, proxy, Customer.class)).isExactlyInstanceOf(Customer.class);
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void aLazyCollectionIsRefusedAndNotInitialised(CacheCodec codec) {
        sessions.inTransaction(session -> {
            PurchaseOrder order = session.find(PurchaseOrder.class, 1L);
            Hibernate.initialize(order.customer());
            assertRefused(codec, order, PurchaseOrder.class, "the lazy collection is not initialised");
            assertThat(Hibernate.isInitialized(order.labels())).isFalse();
            assertRefused(codec, order.counts(), Object.class, "$: the lazy collection is not initialised");
        });
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void aLazyCollectionOfAClosedSessionIsRefusedAlike(CacheCodec codec) {
        PurchaseOrder order = inSession(session -> session.find(PurchaseOrder.class, 1L));
        assertRefused(codec, order, PurchaseOrder.class, "is not initialised. Load it in the query (join fetch");
    }

    @ParameterizedTest
    @MethodSource("codecs")
    void aLazyProxyIsRefusedAndNotInitialised(CacheCodec codec) {
        sessions.inTransaction(session -> {
            Customer proxy = session.getReference(Customer.class, 7L);
            assertRefused(codec, proxy, Customer.class, "$: the lazy association is not initialised");
            assertRefused(codec, List.of(proxy), List.class, "$[0]: ");
            assertRefused(
                    codec,
                    new Samples.Holder<>(proxy),
                    new ParameterizedTypeReference<Samples.Holder<Customer>>() {}.getType(),
                    "$.value: ");
            assertThat(Hibernate.isInitialized(proxy)).isFalse();
        });
    }

    private static void assertRefused(CacheCodec codec, Object value, Type type, String message) {
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> codec.encode(value, type))
                .satisfies(e -> assertThat(e.getMessage()).contains(message).contains("join fetch"));
    }
}
