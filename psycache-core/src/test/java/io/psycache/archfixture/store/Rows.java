package io.psycache.archfixture.store;

public class Rows {
    public static final String SQL = "select key from psycache";
}
