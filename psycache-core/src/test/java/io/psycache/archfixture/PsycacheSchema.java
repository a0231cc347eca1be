package io.psycache.archfixture;

import io.psycache.archfixture.internal.engine.Engine;

public class PsycacheSchema {
    public Engine engine = new Engine();
}
