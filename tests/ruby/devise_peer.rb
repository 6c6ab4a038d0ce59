# A Rails application with Devise at the other end of a pipe: one JSON object in, one out, line by
# line. The first line makes the application and its table.
#
#   {"database": "postgres://…", "pepper": config.pepper, "columns": of text, beside Devise's usual}
#   {"op": "create", "email": …, "password": …, "stretches": 12, "confirmed": true}
#   {"op": "sign_in", "browser": a name, "email": …, "password": …}  -> {"signed_in": true}
#   {"op": "visit", "browser": a name}                               -> {"signed_in": true}
#   {"op": "close", "browser": a name}               its session ends; that it is remembered stays
#   {"op": "forgot", "email": …}                     -> {"token": in the letter that Devise sends}
#   {"op": "reset", "token": …, "password": …}       -> {"done": true}
#   {"op": "unlock", "token": …}                     -> {"done": true}
#   {"op": "change", "email": …, "password": …, "new_password": …}   -> {"done": true}
#   {"op": "account", "email": …}                    -> its columns, and what Devise says of it
#
# Everything is Devise's own: its columns, its controllers, its Warden strategies and its cookies.
# Only its letters are kept here instead of being mailed.

require "json"
require "logger"
require "active_record/railtie"
require "action_controller/railtie"
require "devise"
require "devise/orm/active_record"
require "rack/test"

make = JSON.parse($stdin.gets)
# Rails calls the engines otherwise.
ENV["DATABASE_URL"] = make["database"].sub(/\?.*/, "").sub(%r{\Asqlite://}, "sqlite3:")
                                      .sub(/\Amysql:/, "mysql2:")
Devise.pepper = make["pepper"]
Devise.maximum_attempts = 3

class Application < Rails::Application
  config.root = __dir__
  config.load_defaults 6.1
  config.eager_load = false
  config.cache_store = :null_store
  config.logger = Logger.new(nil)
  config.hosts.clear
  config.secret_key_base = "only for tests, and long enough for them to pass"
  config.session_store :cookie_store, key: "session"
  config.action_controller.allow_forgery_protection = false
  routes.prepend do
    devise_for :users
    get "/me", to: "me#show"
  end
end

class ApplicationController < ActionController::Base
  respond_to :json
end

class MeController < ApplicationController
  before_action :authenticate_user!

  def show
    render json: { email: current_user.email }
  end
end

class User < ActiveRecord::Base
  devise :database_authenticatable, :recoverable, :rememberable, :trackable, :confirmable, :lockable

  def send_devise_notification(kind, token, _options)
    LETTERS[[kind, email]] = token
  end
end

LETTERS = {}
BROWSERS = Hash.new { |all, name| all[name] = Rack::Test::Session.new(Rails.application) }

Rails.application.initialize!
ActiveRecord::Migration.verbose = false

# The columns that Devise's generator writes, with those of every module that is used here.
ActiveRecord::Schema.define do
  create_table :users do |t|
    t.string :email, null: false, default: ""
    t.string :encrypted_password, null: false, default: ""
    t.string :reset_password_token
    t.datetime :reset_password_sent_at
    t.datetime :remember_created_at
    t.integer :sign_in_count, default: 0, null: false
    t.datetime :current_sign_in_at
    t.datetime :last_sign_in_at
    t.string :current_sign_in_ip
    t.string :last_sign_in_ip
    t.string :confirmation_token
    t.datetime :confirmed_at
    t.datetime :confirmation_sent_at
    t.string :unconfirmed_email
    t.integer :failed_attempts, default: 0, null: false
    t.string :unlock_token
    t.datetime :locked_at
    make["columns"].each { |name| t.string name }
    t.timestamps null: false
  end
  add_index :users, :email, unique: true
  add_index :users, :reset_password_token, unique: true
  add_index :users, :confirmation_token, unique: true
  add_index :users, :unlock_token, unique: true
end

# Whether the application does what a browser asks, or refuses it; anything else is a mistake here.
def good?(browser, method, path, user = {})
  answer = BROWSERS[browser].public_send(method, "#{path}.json", user: user)
  refused = [401, 422].include?(answer.status)
  raise "#{path}: #{answer.status} #{answer.body}" unless answer.successful? || refused
  answer.successful?
end

def answer(op:, email: nil, password: nil, token: nil, browser: nil, **rest)
  case op
  when "create"
    User.stretches = rest[:stretches]
    user = User.new(email: email, password: password)
    user.skip_confirmation! if rest[:confirmed]
    user.save!
    {}
  when "sign_in"
    form = { email: email, password: password, remember_me: "1" }
    { signed_in: good?(browser, :post, "/users/sign_in", form) }
  when "visit"
    { signed_in: good?(browser, :get, "/me") }
  when "close"
    BROWSERS[browser].cookie_jar.delete("session")
    {}
  when "forgot"
    good?("", :post, "/users/password", { email: email })
    { token: LETTERS[[:reset_password_instructions, email]] }
  when "reset"
    form = { reset_password_token: token, password: password, password_confirmation: password }
    { done: good?(token, :put, "/users/password", form) }
  when "unlock"
    { done: User.unlock_access_by_token(token).errors.empty? }
  when "change"
    form = { current_password: password, password: rest[:new_password],
             password_confirmation: rest[:new_password] }
    { done: User.find_by!(email: email).update_with_password(form) }
  when "account"
    user = User.find_by!(email: email)
    user.attributes.merge(
      access_locked: user.access_locked?, unlock_letter: LETTERS[[:unlock_instructions, email]],
      just_updated: user.updated_at.between?(1.minute.ago, 1.minute.from_now)
    )
  end
end

$stdout.sync = true
puts "{}"
$stdin.each_line do |line|
  puts JSON.generate(answer(**JSON.parse(line, symbolize_names: true)))
end
