package io.psycache.archfixture.instrumentation;

import io.psycache.archfixture.Api;

class SpanThatUsesTheApi {
    Api api = new Api();
}
