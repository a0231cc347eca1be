package io.psycache.spring.archfixture.spring.boot.actuate;

import io.psycache.spring.archfixture.spring.boot.StarterThatKnowsJdbc;

class EndpointThatUsesTheStarter {
    Class<?> starter = StarterThatKnowsJdbc.class;
}
