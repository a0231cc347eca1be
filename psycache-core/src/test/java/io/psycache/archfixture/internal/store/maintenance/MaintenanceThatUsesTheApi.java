package io.psycache.archfixture.internal.store.maintenance;

import io.psycache.archfixture.Api;

class MaintenanceThatUsesTheApi {
    Api api = new Api();
}
