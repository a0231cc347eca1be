package io.psycache.cli.archfixture.cli;

import java.sql.Connection;
import org.jspecify.annotations.Nullable;

final class CommandThatKnowsJdbc {
    @Nullable Connection connection;
}
