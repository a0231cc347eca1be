package io.psycache.archfixture.internal.lane;

import io.psycache.archfixture.internal.store.Rows;

class LaneThatUsesTheStore {
    Rows rows = new Rows();
}
