package io.psycache.archfixture.internal.store;

public class Rows {
    public static final String SQL = "select key from psycache";
}
