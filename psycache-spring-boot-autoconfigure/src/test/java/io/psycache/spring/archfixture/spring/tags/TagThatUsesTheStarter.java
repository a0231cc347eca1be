package io.psycache.spring.archfixture.spring.tags;

import io.psycache.spring.archfixture.spring.boot.StarterThatKnowsJdbc;

class TagThatUsesTheStarter {
    Class<?> starter = StarterThatKnowsJdbc.class;
}
