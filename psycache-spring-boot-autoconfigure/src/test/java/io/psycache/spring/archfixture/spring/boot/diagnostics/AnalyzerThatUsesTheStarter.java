package io.psycache.spring.archfixture.spring.boot.diagnostics;

import io.psycache.spring.archfixture.spring.boot.StarterThatKnowsJdbc;

class AnalyzerThatUsesTheStarter {
    Class<?> starter = StarterThatKnowsJdbc.class;
}
