package io.psycache.cli.archfixture.store;

public final class Rows {}
