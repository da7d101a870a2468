-- The database itself tells what changed, whoever writes it: an older process goes on.
select oldest_writer_becomes(39);
select take_tables('window', 'verdict', 'alert_event', 'retrain_run');

-- Screens that are open follow by what is told here, once it is committed. It says which model something concerns, never what it is: whoever listens asks.
create function tell_live(what text, version integer, which text) returns void language sql as $$
  select pg_notify('shiftwatch_live', json_build_object('type', what, 'model', m.name, 'id', which)::text)
  from model_version v join model m on m.id = v.model_id where v.id = version
$$;

create function tell_verdict() returns trigger language plpgsql as $$
begin
  perform tell_live('verdict', (select model_version_id from "window" where id = new.window_id), new.window_id::text);
  return null;
end
$$;
create trigger verdict_told after insert on verdict for each row when (new.segment = '') execute function tell_verdict();

create function tell_alert() returns trigger language plpgsql as $$
begin
  perform tell_live('alert', (select model_version_id from alert where id = new.alert_id), new.alert_id::text);
  return null;
end
$$;
create trigger alert_event_told after insert on alert_event for each row execute function tell_alert();

create function tell_retrain() returns trigger language plpgsql as $$
begin
  perform tell_live('retrain', new.model_version_id, new.id::text);
  return null;
end
$$;
create trigger retrain_run_told after insert or update of state on retrain_run for each row execute function tell_retrain();

-- Without an id: of a thousand windows that a transaction opens one word of each model is told.
create function tell_window() returns trigger language plpgsql as $$
begin
  perform tell_live('window', new.model_version_id, null);
  return null;
end
$$;
create trigger window_told after insert on "window" for each row when (not new.pane_only) execute function tell_window();
