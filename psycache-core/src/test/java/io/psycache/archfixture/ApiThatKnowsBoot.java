package io.psycache.archfixture;

import org.springframework.boot.SpringApplication;

class ApiThatKnowsBoot {
    Class<?> application = SpringApplication.class;
}
