package io.psycache.archfixture;

import org.springframework.beans.factory.annotation.Autowired;

class ApiThatIsInjected {
    @Autowired
    Api api = new Api();
}
