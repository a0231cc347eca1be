package io.psycache.archfixture;

import io.psycache.archfixture.internal.store.Rows;

public class Api {
    public Rows rows = new Rows();
}
