package io.psycache.spring.archfixture.spring.advice;

import io.psycache.spring.archfixture.spring.boot.StarterThatKnowsJdbc;

class AdviceThatUsesTheStarter {
    Class<?> starter = StarterThatKnowsJdbc.class;
}
