package io.psycache.archfixture;

import io.psycache.archfixture.store.Rows;

public class Api {
    public Rows rows = new Rows();
}
