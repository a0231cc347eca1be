package io.psycache.spring.archfixture.spring;

import io.psycache.spring.archfixture.spring.boot.StarterThatKnowsJdbc;

class AdapterThatUsesTheStarter {
    Class<?> starter = StarterThatKnowsJdbc.class;
}
