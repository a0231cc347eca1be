package io.psycache.archfixture.maintenance;

import io.psycache.archfixture.Api;

class MaintenanceThatUsesTheApi {
    Api api = new Api();
}
