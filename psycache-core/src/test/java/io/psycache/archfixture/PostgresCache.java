package io.psycache.archfixture;

import io.psycache.archfixture.internal.engine.Engine;

public interface PostgresCache {

    class Builder {
        public PostgresCache build() {
            return new Engine();
        }
    }
}
