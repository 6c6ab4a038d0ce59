<?php
// Laravel's components at the other end of a pipe: one JSON object in, one out, line by line. The
// first line makes the application and its tables.
//
//   {"database": "postgres://…", "hasher": "bcrypt" or "argon2id", "soft_deletes": true}
//   {"op": "create", "email": …, "password": …}
//   {"op": "delete", "email": …}
//   {"op": "log_in", "browser": a name, "email": …, "password": …}  -> {"logged_in": true}
//   {"op": "visit", "browser": a name, "middleware": true}          -> {"logged_in": true}
//   {"op": "close", "browser": a name}              its session ends; that it is remembered stays
//   {"op": "validates", "guard": …, "email": …, "password": …}      -> {"validates": true}
//   {"op": "forgot", "email": …}                    -> {"token": in the letter that Laravel sends}
//   {"op": "reset", "email": …, "token": …, "password": …}          -> {"done": true}
//   {"op": "account", "email": …}                   -> its columns, and what Eloquent says of it
//
// Everything is Laravel's own: its service providers, its schema builder, its guards, its
// AuthenticateSession and its password broker. Only its letters are not mailed.

use Illuminate\Auth\AuthenticationException;
use Illuminate\Auth\AuthServiceProvider;
use Illuminate\Auth\Authenticatable;
use Illuminate\Auth\Passwords\CanResetPassword;
use Illuminate\Auth\Passwords\PasswordResetServiceProvider;
use Illuminate\Config\Repository;
use Illuminate\Container\Container;
use Illuminate\Contracts\Auth\Authenticatable as AuthenticatableContract;
use Illuminate\Contracts\Auth\CanResetPassword as CanResetPasswordContract;
use Illuminate\Contracts\Auth\PasswordBroker;
use Illuminate\Cookie\CookieServiceProvider;
use Illuminate\Database\DatabaseServiceProvider;
use Illuminate\Database\Eloquent\Model;
use Illuminate\Database\Eloquent\SoftDeletes;
use Illuminate\Database\Schema\Blueprint;
use Illuminate\Events\EventServiceProvider;
use Illuminate\Hashing\HashServiceProvider;
use Illuminate\Http\Request;
use Illuminate\Http\Response;
use Illuminate\Session\ArraySessionHandler;
use Illuminate\Session\Middleware\AuthenticateSession;
use Illuminate\Session\Store;
use Illuminate\Support\Facades\Facade;
use Illuminate\Support\Facades\Hash;
use Illuminate\Support\Facades\Password;
use Illuminate\Support\Str;

foreach (['Auth', 'Config', 'Cookie', 'Database', 'Events', 'Hashing', 'Session'] as $component) {
    require_once "Illuminate/$component/autoload.php";
}
date_default_timezone_set('UTC');

class User extends Model implements AuthenticatableContract, CanResetPasswordContract
{
    use Authenticatable, CanResetPassword;

    protected $table = 'users';
    protected $guarded = [];
    protected $casts = ['email_verified_at' => 'datetime'];
}

class UserThatMayBeDeleted extends User
{
    use SoftDeletes;
}

/** What one person's browser holds: a session and cookies. */
class Browser
{
    public Store $session;
    public array $cookies = [];

    public function __construct()
    {
        $this->close();
    }

    public function close(): void
    {
        $this->session = new Store('session', new ArraySessionHandler(60));
    }
}

function make(array $make): Container
{
    $app = new Container;
    Container::setInstance($app);
    Facade::setFacadeApplication($app);
    $url = parse_url(preg_replace('#^sqlite://#', 'sqlite://file', $make['database']));
    $kinds = ['sqlite' => 'sqlite', 'postgres' => 'pgsql', 'mysql' => 'mysql'];
    $driver = $kinds[$url['scheme']];
    $model = empty($make['soft_deletes']) ? User::class : UserThatMayBeDeleted::class;
    $app->instance('config', new Repository([
        'app' => ['key' => 'only for tests, and long enough'],
        'auth' => [
            'defaults' => ['guard' => 'web', 'passwords' => 'users', 'provider' => 'users'],
            'guards' => [
                'web' => ['driver' => 'session', 'provider' => 'users'],
                'plain' => ['driver' => 'session', 'provider' => 'rows'],
            ],
            'providers' => [
                'users' => ['driver' => 'eloquent', 'model' => $model],
                'rows' => ['driver' => 'database', 'table' => 'users'],
            ],
            'passwords' => [
                'users' => ['provider' => 'users', 'table' => 'password_resets', 'expire' => 60],
            ],
        ],
        'database' => [
            'default' => 'main',
            'connections' => ['main' => [
                'driver' => $driver,
                'host' => $url['host'] ?? null,
                'port' => $url['port'] ?? null,
                'username' => $url['user'] ?? null,
                'password' => $url['pass'] ?? null,
                'database' => $driver === 'sqlite' ? $url['path'] : substr($url['path'], 1),
                'charset' => $driver === 'mysql' ? 'utf8mb4' : 'utf8',
                'collation' => 'utf8mb4_unicode_ci',
                'strict' => true,
            ]],
        ],
        // A hash must be of the driver's own kind, as newer versions of Laravel want it.
        'hashing' => [
            'driver' => $make['hasher'],
            'bcrypt' => ['verify' => true],
            'argon' => ['verify' => true],
        ],
        'session' => ['path' => '/', 'domain' => null, 'secure' => false],
    ]));
    foreach (
        [
            EventServiceProvider::class, DatabaseServiceProvider::class, HashServiceProvider::class,
            CookieServiceProvider::class, AuthServiceProvider::class,
            PasswordResetServiceProvider::class,
        ] as $provider
    ) {
        (new $provider($app))->register();
    }
    Model::setConnectionResolver($app['db']);
    Model::setEventDispatcher($app['events']);
    migrate($app, !empty($make['soft_deletes']));
    return $app;
}

/** The tables that a new Laravel application migrates. */
function migrate(Container $app, bool $soft_deletes): void
{
    $schema = $app['db']->connection()->getSchemaBuilder();
    $schema->create('users', function (Blueprint $table) use ($soft_deletes) {
        $table->id();
        $table->string('name');
        $table->string('email')->unique();
        $table->timestamp('email_verified_at')->nullable();
        $table->string('password');
        $table->rememberToken();
        $table->timestamps();
        if ($soft_deletes) {
            $table->softDeletes();
        }
    });
    $schema->create('password_resets', function (Blueprint $table) {
        $table->string('email')->index();
        $table->string('token');
        $table->timestamp('created_at')->nullable();
    });
}

/** What a request of a browser comes to when it arrives; false where it is not let through. */
function request(Container $app, Browser $browser, bool $middleware, callable $arrived): bool
{
    $request = Request::create('/', 'GET', [], $browser->cookies);
    $request->setLaravelSession($browser->session);
    $request->setUserResolver($app['auth']->userResolver());
    $app->instance('session.store', $browser->session);
    $app->instance('request', $request);
    $app['auth']->forgetGuards();
    $found = false;
    $next = function () use ($arrived, &$found) {
        $found = $arrived();
        return new Response;
    };
    try {
        if ($middleware) {
            (new AuthenticateSession($app['auth']))->handle($request, $next);
        } else {
            $next();
        }
    } catch (AuthenticationException) {
    }
    foreach ($app['cookie']->getQueuedCookies() as $cookie) {
        $browser->cookies[$cookie->getName()] = $cookie->getValue();
    }
    $app['cookie']->flushQueuedCookies();
    return $found;
}

function answer(Container $app, array $ask): array
{
    static $browsers = [];
    $auth = $app['auth'];
    $users = $auth->createUserProvider();
    $browser = $browsers[$ask['browser'] ?? ''] ??= new Browser;
    $credentials = array_intersect_key($ask, ['email' => '', 'password' => '']);
    $user = fn () => $users->retrieveByCredentials(['email' => $ask['email']]);
    switch ($ask['op']) {
        case 'create':
            $password = Hash::make($ask['password']);
            $columns = ['name' => 'A', 'email' => $ask['email'], 'password' => $password];
            $users->createModel()->fill($columns)->save();
            return [];
        case 'delete':
            $user()->delete();
            return [];
        case 'log_in':
            $attempt = fn () => $auth->attempt($credentials, true);
            return ['logged_in' => request($app, $browser, true, $attempt)];
        case 'visit':
            $check = fn () => $auth->check();
            return ['logged_in' => request($app, $browser, $ask['middleware'], $check)];
        case 'close':
            $browser->close();
            return [];
        case 'validates':
            $validate = fn () => $auth->guard($ask['guard'])->validate($credentials);
            return ['validates' => request($app, $browser, false, $validate)];
        case 'forgot':
            Password::sendResetLink($credentials, function ($user, $sent) use (&$token) {
                $token = $sent;
            });
            return ['token' => $token];
        case 'reset':
            $write = function ($user, $password) {
                $user->forceFill(['password' => Hash::make($password)]);
                $user->setRememberToken(Str::random(60));
                $user->save();
            };
            $done = Password::reset($credentials + ['token' => $ask['token']], $write);
            return ['done' => $done === PasswordBroker::PASSWORD_RESET];
        case 'account':
            $user = $user();
            $just_updated = $user->updated_at->diffInSeconds() < 60;
            return ['just_updated' => $just_updated] + $user->getAttributes();
    }
}

$app = make(json_decode(fgets(STDIN), true));
echo "{}\n";
while ($line = fgets(STDIN)) {
    echo json_encode((object) answer($app, json_decode($line, true)), JSON_THROW_ON_ERROR), "\n";
}
