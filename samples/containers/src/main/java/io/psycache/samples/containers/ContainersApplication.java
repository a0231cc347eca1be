package io.psycache.samples.containers;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;

/** An application that says where its database is nowhere: the container tells. */
@SpringBootApplication
@EnableCaching
public class ContainersApplication {

    public static void main(String[] args) {
        SpringApplication.run(ContainersApplication.class, args);
    }

    @Bean
    ApplicationRunner countTwice(Primes primes) {
        return arguments -> {
            for (String call : new String[] {"First", "Second"}) {
                long start = System.nanoTime();
                int found = primes.below(20_000_000);
                System.out.printf(
                        "%s call: %,d primes, %,d ms%n", call, found, (System.nanoTime() - start) / 1_000_000);
            }
        };
    }
}
