package io.psycache.archfixture;

import java.util.logging.Logger;

class ApiThatLogsItsOwnWay {
    Logger logger = Logger.getLogger("psycache");
}
