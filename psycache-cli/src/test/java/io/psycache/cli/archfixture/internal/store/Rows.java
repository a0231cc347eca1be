package io.psycache.cli.archfixture.internal.store;

public final class Rows {}
