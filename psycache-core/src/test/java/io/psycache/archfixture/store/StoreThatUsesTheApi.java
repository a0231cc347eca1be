package io.psycache.archfixture.store;

import io.psycache.archfixture.Api;

class StoreThatUsesTheApi {
    Api api = new Api();
}
