package io.psycache.archfixture.internal.engine;

import io.psycache.archfixture.PostgresCache;

public class Engine implements PostgresCache {}
