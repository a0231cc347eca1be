package io.psycache.archfixture.internal.store;

import io.psycache.archfixture.Api;

class StoreThatUsesTheApi {
    Api api = new Api();
}
