package io.psycache.benchmarks;

import java.lang.management.ManagementFactory;
import javax.sql.DataSource;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A small application, in a process of its own, that says when it was ready. It knows nothing of psycache. */
final class StartupApplication {
    static final String READY = "ready after ms: ";

    private StartupApplication() {}

    /** Starts, and prints the time since the process began. */
    public static void main(String[] arguments) {
        ConfigurableApplicationContext application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .run(arguments);
        long began = ManagementFactory.getRuntimeMXBean().getStartTime();
        System.out.println(READY + (System.currentTimeMillis() - began));
        application.close();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableCaching
    static class Application {

        /** Opens the pool early in the start, as JPA and migrations do. */
        @Bean
        InitializingBean opening(DataSource pool) {
            return () -> pool.getConnection().close();
        }

        @Bean
        Greetings greetings() {
            return new Greetings();
        }
    }

    static class Greetings {

        @Cacheable("greetings")
        public String of(String name) {
            return "Hello " + name;
        }
    }
}
