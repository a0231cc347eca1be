package io.psycache.spring.archfixture.spring.boot;

import java.sql.Connection;

public record StarterThatKnowsJdbc(Connection connection) {}
