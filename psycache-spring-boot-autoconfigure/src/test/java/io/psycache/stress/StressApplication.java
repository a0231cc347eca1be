package io.psycache.stress;

import io.psycache.PostgresCache;
import io.psycache.testsupport.TestDatabase;
import javax.sql.DataSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The services as beans; each has the name of its cache. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableCaching
class StressApplication {

    /** The cleanup runs all the time, on a log that is hardly kept. */
    static ConfigurableApplicationContext start(TestDatabase database, String... arguments) {
        return new SpringApplicationBuilder(StressApplication.class)
                .web(WebApplicationType.NONE)
                .properties(
                        "spring.main.banner-mode=off",
                        "spring.datasource.url=" + database.jdbcUrl(),
                        "spring.datasource.hikari.maximum-pool-size=40",
                        "spring.autoconfigure.exclude="
                                + "org.springframework.boot.autoconfigure.orm.jpa.HibernateJpaAutoConfiguration",
                        "psycache.caches.shortLived.ttl=30ms",
                        "psycache.log-retention=1s",
                        "psycache.cleanup.interval=20ms",
                        "psycache.cleanup.batch-size=5")
                .run(arguments);
    }

    @Bean
    static Ledger ledger(DataSource dataSource) {
        return new Ledger(dataSource);
    }

    @Bean
    static Way plain(Ledger ledger) {
        return new Ways.Plain(ledger);
    }

    @Bean
    static Way sync(Ledger ledger) {
        return new Ways.Sync(ledger);
    }

    @Bean
    static Way put(Ledger ledger) {
        return new Ways.Put(ledger);
    }

    @Bean
    static Way cleared(Ledger ledger) {
        return new Ways.Cleared(ledger);
    }

    @Bean
    static Way shortLived(Ledger ledger) {
        return new Ways.ShortLived(ledger);
    }

    @Bean
    static Way repeatable(Ledger ledger) {
        return new Ways.Repeatable(ledger);
    }

    @Bean
    static Ways.Inner inner(Ledger ledger) {
        return new Ways.Inner(ledger);
    }

    @Bean
    static Way nested(Ledger ledger, Ways.Inner inner) {
        return new Ways.Nested(ledger, inner);
    }

    @Bean
    static Ways.Asynchronous asynchronous(Ledger ledger) {
        return new Ways.Asynchronous(ledger);
    }

    @Bean
    static Way future(Ledger ledger, Ways.Asynchronous asynchronous) {
        return new Ways.Future(ledger, asynchronous);
    }

    @Bean
    static Way labelled(Ledger ledger) {
        return new Ways.Labelled(ledger);
    }

    @Bean
    static Way tagged(Ledger ledger, PostgresCache cache) {
        return new Ways.Tagged(ledger, cache);
    }
}
