package io.psycache.archfixture.internal.engine;

import io.psycache.archfixture.PostgresCache;

class EngineThatNamesItsBuilder {
    PostgresCache.Builder builder = new PostgresCache.Builder();
}
