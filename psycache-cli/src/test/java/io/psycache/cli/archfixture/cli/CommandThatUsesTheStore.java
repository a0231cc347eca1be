package io.psycache.cli.archfixture.cli;

import io.psycache.cli.archfixture.internal.store.Rows;

final class CommandThatUsesTheStore {
    Rows rows = new Rows();
}
