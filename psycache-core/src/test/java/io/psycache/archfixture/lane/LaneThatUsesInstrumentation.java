package io.psycache.archfixture.lane;

import io.psycache.archfixture.instrumentation.Span;

class LaneThatUsesInstrumentation {
    Span span = new Span();
}
