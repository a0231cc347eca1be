package io.psycache.spring.archfixture.spring.boot.instrumentation;

import io.psycache.spring.archfixture.spring.boot.StarterThatKnowsJdbc;

class MetersThatUseTheStarter {
    Class<?> starter = StarterThatKnowsJdbc.class;
}
