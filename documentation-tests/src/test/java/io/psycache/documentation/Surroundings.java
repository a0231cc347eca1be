package io.psycache.documentation;

import io.psycache.PostgresCache;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.springframework.data.redis.core.StringRedisTemplate;

/** What a fragment of the guide takes for granted: imports, a shop, and what an application has had injected. */
public abstract class Surroundings {

    /** What is before every example, in one line, so that lines are counted as in its page. */
    static final String HEADER = String.join(
            " ",
            "package io.psycache.documentation;",
            "import com.fasterxml.jackson.databind.ObjectMapper;",
            "import com.github.benmanes.caffeine.cache.Cache;",
            "import com.github.benmanes.caffeine.cache.Caffeine;",
            "import io.psycache.*;",
            "import io.psycache.codec.*;",
            "import io.psycache.documentation.Surroundings.*;",
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
            "import org.jspecify.annotations.Nullable;",
            "import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;",
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
            "import org.springframework.jdbc.datasource.DataSourceUtils;",
            "import org.springframework.security.concurrent.DelegatingSecurityContextExecutor;",
            "import org.springframework.stereotype.*;",
            "import org.springframework.transaction.*;",
            "import org.springframework.transaction.annotation.Transactional;",
            "import org.springframework.web.bind.annotation.*;",
            "import reactor.core.publisher.*;");

    protected static PostgresCache cache;
    protected static DataSource dataSource;
    protected static StringRedisTemplate redis;

    protected final UserRepository users = new UserRepository();
    protected final OrderRepository orders = new OrderRepository();
    protected final ProductRepository products = new ProductRepository();
    protected final RateClient rates = new RateClient();
    protected final long id = 7;
    protected final long customerId = 8;
    protected final String client = "10.0.0.1";
    protected final String currency = "EUR";
    protected final User user = new User(id, "Ada");

    public record User(long id, String name) {}

    public record Order(long id, long customerId, long productId) {}

    public record Product(long id, String name) {}

    public record Rate(String currency, BigDecimal value) {}

    public static class UserRepository {
        public Optional<User> findById(long id) {
            return Optional.of(new User(id, "Ada"));
        }

        public List<User> findAllById(Collection<Long> ids) {
            return ids.stream().map(id -> new User(id, "Ada")).toList();
        }

        public User save(User user) {
            return user;
        }
    }

    public static class OrderRepository {
        public List<Order> findByCustomer(long customerId) {
            return List.of(new Order(1, customerId, 2));
        }
    }

    public static class ProductRepository {
        public void save(Product product) {}
    }

    public static class RateClient {
        public Rate fetch(String currency) {
            return new Rate(currency, new BigDecimal("1.25"));
        }

        public CompletableFuture<Rate> fetchAsync(String currency) {
            return CompletableFuture.completedFuture(fetch(currency));
        }
    }
}
