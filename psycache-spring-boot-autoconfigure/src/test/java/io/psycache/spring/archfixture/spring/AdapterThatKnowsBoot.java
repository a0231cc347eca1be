package io.psycache.spring.archfixture.spring;

import org.springframework.boot.SpringApplication;

class AdapterThatKnowsBoot {
    Class<?> application = SpringApplication.class;
}
