package io.psycache.spring.boot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.psycache.PostgresCache;
import io.psycache.testsupport.TestDatabase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.stream.Stream;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/** An application with Boot's actuator, asked over HTTP as operators do. */
public final class ActuatorApplication implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final ConfigurableApplicationContext context;

    private ActuatorApplication(ConfigurableApplicationContext context) {
        this.context = context;
    }

    public static ActuatorApplication start(TestDatabase database, String... properties) {
        String[] basic = {
            "spring.datasource.url=" + database.jdbcUrl(),
            "spring.datasource.hikari.maximum-pool-size=4",
            "psycache.cleanup.enabled=false",
            "psycache.timeout=5s",
            "spring.autoconfigure.exclude=org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration",
            "server.port=0",
            "server.address=127.0.0.1",
            "management.endpoint.health.show-details=always",
            "management.endpoints.web.exposure.include=*"
        };
        return new ActuatorApplication(new SpringApplicationBuilder(Application.class)
                .properties(Stream.concat(Arrays.stream(basic), Arrays.stream(properties))
                        .toArray(String[]::new))
                .run());
    }

    public ConfigurableApplicationContext context() {
        return context;
    }

    public PostgresCache cache() {
        return context.getBean(PostgresCache.class);
    }

    public Cache springCache(String name) {
        return context.getBean(CacheManager.class).getCache(name);
    }

    /** @param path below {@code /actuator/} */
    public HttpResponse<String> send(String method, String path) {
        URI address = URI.create(
                "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + "/actuator/" + path);
        try {
            return client.send(
                    HttpRequest.newBuilder(address)
                            .method(method, BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public String get(String path) {
        return send("GET", path).body();
    }

    public JsonNode json(String path) {
        return json(send("GET", path));
    }

    public static JsonNode json(HttpResponse<String> response) {
        try {
            return new ObjectMapper().readTree(response.body());
        } catch (IOException e) {
            throw new IllegalStateException(response.body(), e);
        }
    }

    @Override
    public void close() {
        context.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableCaching
    static class Application {}
}
