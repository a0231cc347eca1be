package io.psycache.spring.archfixture.spring;

import org.springframework.boot.SpringApplication;

public class AdapterThatKnowsBoot {
    Class<?> application = SpringApplication.class;
}
