-- A token for the admin API lives five minutes unless somebody has said otherwise: whoever steals one
-- has little of it, and who works with it gets the next one by itself.
--
-- Without the triggers: this is no change that somebody made. Gateways read it when they start.
alter table application disable trigger user;
update application set access_token_ttl_seconds = 300
 where id = 'postern-admin-api' and access_token_ttl_seconds is null;
alter table application enable trigger user;
