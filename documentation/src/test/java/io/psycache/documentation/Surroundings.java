package io.psycache.documentation;

import io.psycache.AsyncPostgresCache;
import io.psycache.PostgresCache;
import io.psycache.spring.PostgresCacheManager;
import javax.sql.DataSource;
import org.springframework.cache.CacheManager;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What a fragment of the guide takes for granted: imports, a shop, and what an application has had injected. */
@SuppressWarnings("unused") // by examples
abstract class Surroundings {

    /** What is before every example, in one line, so that lines are counted as in its page. */
    static final String HEADER = String.join(
            " ",
            "package io.psycache.documentation;",
            "import com.fasterxml.jackson.databind.ObjectMapper;",
            "import com.github.benmanes.caffeine.cache.Cache;",
            "import com.github.benmanes.caffeine.cache.Caffeine;",
            "import io.psycache.*;",
            "import io.psycache.codec.*;",
            "import io.psycache.instrumentation.*;",
            "import io.psycache.instrumentation.micrometer.*;",
            "import io.psycache.spring.*;",
            "import io.psycache.spring.boot.*;",
            "import java.math.BigDecimal;",
            "import java.time.*;",
            "import java.util.*;",
            "import java.util.concurrent.*;",
            "import java.util.function.*;",
            "import java.util.regex.Pattern;",
            "import java.util.stream.*;",
            "import javax.sql.DataSource;",
            "import org.springframework.boot.*;",
            "import org.springframework.boot.autoconfigure.SpringBootApplication;",
            "import org.springframework.cache.*;",
            "import org.springframework.cache.annotation.*;",
            "import org.springframework.cache.caffeine.CaffeineCacheManager;",
            "import org.springframework.context.annotation.*;",
            "import org.springframework.core.ParameterizedTypeReference;",
            "import org.springframework.data.domain.*;",
            "import org.springframework.data.redis.cache.*;",
            "import org.springframework.data.redis.connection.*;",
            "import org.springframework.data.redis.core.*;",
            "import org.springframework.jdbc.core.simple.JdbcClient;",
            "import org.springframework.stereotype.*;",
            "import org.springframework.transaction.annotation.Transactional;",
            "import org.springframework.web.bind.annotation.*;",
            "import reactor.core.publisher.*;");

    PostgresCache cache;
    AsyncPostgresCache async;
    PostgresCacheManager postgresCacheManager;
    CacheManager cacheManager;
    DataSource dataSource;
    JdbcClient jdbc;
    StringRedisTemplate redis;
    UserRepository users;
    OrderRepository orders;
    ProductRepository products;
    RateClient rates;
    long id;
    long customerId;
    String client;
    String currency;
    User user;
    Order order;
}

record User(long id, String name) {}

record Order(long id, long customerId, long productId, java.math.BigDecimal total) {}

record Product(long id, String name) {}

record Rate(String currency, java.math.BigDecimal value) {}

interface UserRepository {
    java.util.Optional<User> findById(long id);

    java.util.List<User> findAllById(java.util.Collection<Long> ids);

    User save(User user);
}

interface OrderRepository {
    java.util.List<Order> findByCustomer(long customerId);

    void save(Order order);
}

interface ProductRepository {
    void save(Product product);
}

interface RateClient {
    Rate fetch(String currency);

    java.util.concurrent.CompletableFuture<Rate> fetchAsync(String currency);
}
