package io.psycache.archfixture.internal.lane;

import io.psycache.archfixture.instrumentation.Span;

class LaneThatUsesInstrumentation {
    Span span = new Span();
}
