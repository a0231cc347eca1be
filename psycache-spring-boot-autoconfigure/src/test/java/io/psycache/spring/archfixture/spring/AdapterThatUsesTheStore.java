package io.psycache.spring.archfixture.spring;

import io.psycache.spring.archfixture.internal.store.Rows;

class AdapterThatUsesTheStore {
    Rows rows = new Rows();
}
